import ClientComposition
import CommandLineBasics
import Domain
import Ports

/// What `status` and `profiles` do.
struct ListCall: Sendable {
    /// Whether JSON is wanted.
    let isJSON: Bool

    func status(_ composition: ClientComposition) throws -> Answer {
        let status = try composition.status()
        try composition.warnOfStaticKeys { try composition.ourProfiles().map(\.name) }
        return Answer(isJSON ? status.json : status.text)
    }

    func profiles(_ composition: ClientComposition) throws -> Answer {
        let (profiles, lack) = try composition.ourProfilesAndLack()
        composition.warnOfStaticKeys { profiles.map(\.name) }
        if let lack { composition.notices.warn(lack) }
        if isJSON { return Answer(ProfileOutput.json(profiles)) }
        // Not in the columns: who reads those by a script reads four.
        for warning in profiles.compactMap(\.warning) { composition.notices.warn(warning) }
        return Answer(ProfileOutput.text(profiles, inColumns: Output.isTerminal))
    }
}
