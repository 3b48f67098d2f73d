import Application
import ArgumentParser
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

    @Option(help: ArgumentHelp("The ConfigMap that the map is written to.", valueName: "name"))
    var configmapName = "rolemap"

    @Option(help: ArgumentHelp("The key in the ConfigMap.", valueName: "key"))
    var configmapKey = "rolemap.yaml"

    @Option(help: ArgumentHelp("The Kubernetes API server, such as a kubectl proxy on this host.", valueName: "url"))
    var kubernetesServer: String?

    func perform() async throws -> Int32 {
        let settings = try scan.settings()
        let composition = ServerComposition(environment: Environment.variables, version: Version.text)
        let place = RoleMapPlace(
            out: out, configMapName: configmapName, configMapKey: configmapKey, kubernetesServer: kubernetesServer)
        let store = try composition.roleMapStore(place, retries: scan.awsRetries)
        // Before the scan: what can't be read now could not be kept, and a place that is wrong is told at once.
        let previous = try await store?.load()
        let outcome = await composition.scanOrganizations(settings)(previous: previous)
        for problem in outcome.problems { Output.complain("aws-oidc update-rolemap: \(problem)") }
        let map = outcome.map
        let isWorthless = outcome.hasReadNothing && previous == nil
        if !isWorthless {
            if let store {
                try await store.save(map)
            } else if !Output.print(composition.roleMapText(map)) {
                return 1
            }
        }
        Output.complain(
            "aws-oidc update-rolemap: \(outcome.readAccounts) accounts read, \(outcome.failedAccounts) not; "
                + "\(map.entries.count) roles, \(map.conditional.count) conditional, \(map.stale.count) accounts stale")
        guard !outcome.hasReadNothing else {
            Output.complain(
                "aws-oidc update-rolemap failed: no account could be read; "
                    + (isWorthless ? "nothing was written." : "what was known before is kept, marked stale."))
            return 1
        }
        return 0
    }
}
