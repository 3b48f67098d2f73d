import ClientComposition
import CommandLineBasics
import Domain

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
        let profiles = try composition.ourProfiles()
        composition.warnOfStaticKeys { profiles.map(\.name) }
        let text = isJSON ? nil : ProfileOutput.text(profiles, inColumns: Output.isTerminal)
        return Answer(text ?? ProfileOutput.json(profiles))
    }
}
