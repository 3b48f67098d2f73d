import Application
import ArgumentParser
import CommandLineBasics
import Domain
import Ports
import ServerComposition

/// `aws-oidc update-rolemap`: scans the organizations once, and writes the role map.
struct UpdateRoleMapCommand: ServerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "update-rolemap", abstract: "Scans the organizations once, and writes the role map.",
        discussion: """
            The environment says what is scanned: OKTA_ISSUER_URL, AWS_ORG_ROLE_ARNS (with commas between them), \
            AWS_READER_ROLE_NAME. An account that can't be read keeps what it had, and is marked stale.
            """)

    @OptionGroup var scan: ScanOptions

    @Option(
        help: ArgumentHelp(
            "Where the map is written: a file, s3://BUCKET/KEY, or - for standard output; else the ConfigMap.",
            valueName: "place"))
    var out: String?

    @Option(help: ArgumentHelp("The ConfigMap that the map is written to (rolemap).", valueName: "name"))
    var configmapName: String?

    @Option(help: ArgumentHelp("The key in the ConfigMap (rolemap.yaml).", valueName: "key"))
    var configmapKey: String?

    @Option(help: ArgumentHelp("The Kubernetes API server, such as a kubectl proxy on this host.", valueName: "url"))
    var kubernetesServer: String?

    func validate() throws {
        // As where a manifest names a variable that is not set.
        if out == "" { throw ValidationError("--out is empty: name a file, s3://BUCKET/KEY or -, or leave it out") }
        let configMap = [
            ("--configmap-name", configmapName), ("--configmap-key", configmapKey),
            ("--kubernetes-server", kubernetesServer),
        ]
        if out != nil, let flag = configMap.first(where: { $0.1 != nil })?.0 {
            throw ValidationError("the role map goes to one place: leave out --out, or \(flag)")
        }
    }

    func perform() async throws -> Int32 {
        let composition = ServerComposition(environment: Environment.variables, version: Version.text)
        let place = RoleMapPlace(
            out: out, configMapName: configmapName ?? "rolemap", configMapKey: configmapKey ?? "rolemap.yaml",
            kubernetesServer: kubernetesServer)
        let settings = try settings(besides: composition.problem(with: place))
        guard let update = try composition.updateRoleMap(settings, place) else {
            return printed(await composition.scanOrganizations(settings)(previous: nil), composition)
        }
        // It loads before it scans: what can't be read could not be kept, and a place that is wrong is told at once.
        let ending = try await update()
        tell(ending.outcome)
        if let problem = ending.problem { throw problem }
        switch ending.outcome.standing {
        case .good: return 0
        case .noMemberRead:
            return noMember(
                ending.hasKnown
                    ? "what was known of them is kept."
                    : ending.isKept ? "their roles are not in what was written." : "nothing was written.")
        case .nothingRead:
            return failure(
                "no account could be read; "
                    + (ending.isKept ? "what was known before is kept, marked stale." : "nothing was written."))
        case .everythingLost where ending.outcome.hasFoundConditional:
            return failure("only conditional roles were found where others were known before; nothing was written.")
        case .everythingLost:
            return failure("no role was found where some were known before; nothing was written.")
        case .nothingFound: return failure("no role was found; nothing was written.")
        }
    }

    /// What flags and environment say of the scan; where that is wrong, it is said with what is wrong with the place.
    private func settings(besides problem: RoleMapStoreError?) throws -> ScanSettings {
        do throws(InvalidServerSettings) {
            return try scan.settings()
        } catch {
            guard let problem else { throw error }
            let sentence = "\(problem)"
            throw InvalidServerSettings(
                problems: error.problems + [sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence])
        }
    }

    private func printed(_ outcome: ScanOutcome, _ composition: ServerComposition) -> Int32 {
        let isWorthless = outcome.map.isEmpty
        if !isWorthless, !Output.print(composition.roleMapText(outcome.map.undated)) { return 1 }
        tell(outcome)
        switch outcome.standing {
        case .good: return 0
        case .noMemberRead:
            return noMember(isWorthless ? "nothing was written." : "their roles are not in what was written.")
        case .nothingRead: return failure("no account could be read; nothing was written.")
        case .everythingLost, .nothingFound: return failure("no role was found; nothing was written.")
        }
    }

    private func noMember(_ consequence: String) -> Int32 {
        failure("no account but the one that lists the organization could be read; \(consequence)")
    }

    private func tell(_ outcome: ScanOutcome) {
        for problem in outcome.problems { Output.complain("aws-oidc update-rolemap: \(problem)") }
        let map = outcome.map
        Output.complain(
            "aws-oidc update-rolemap: \(outcome.readAccounts) accounts read, \(outcome.failedAccounts) not; "
                + "\(map.roleCount) roles for \(Set(map.entries.map(\.clientID)).count) clients, \(map.conditional.count) conditional, \(map.stale.count) accounts stale"
        )
    }

    private func failure(_ sentence: String) -> Int32 {
        Output.complain("aws-oidc update-rolemap failed: \(sentence)")
        return 1
    }
}
