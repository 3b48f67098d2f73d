import ArgumentParser
import CommandLineBasics
import Domain
import ServerComposition

/// `aws-oidc serve-config`: tells people which roles they may take.
struct ServeConfigCommand: ServerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-config", abstract: "Serves the config service: who may take which role, where.",
        discussion: """
            The environment says whose tokens are taken: OKTA_ISSUER_URL and OKTA_CLIENT_ID. Which apps a person has is \
            asked of Okta as OKTA_SERVICE_CLIENT_ID with the key OKTA_PRIVATE_KEY, or told by the id_token itself \
            (--directory id-token).

            The role map is the file or object of --rolemap; else, with AWS_ORG_ROLE_ARNS and AWS_READER_ROLE_NAME, what this \
            process finds by its own scans; else the ConfigMap.
            """)

    @Option(help: ArgumentHelp("The port of the service; 0 for one that the system chooses.", valueName: "port"))
    var webServerPort = 8080

    @Option(help: ArgumentHelp("The address to listen on; all unless named.", valueName: "address"))
    var bind: String?

    @Option(
        help: ArgumentHelp("A port of its own for /metrics, with TLS where --tls-cert is given.", valueName: "port"))
    var metricsPort: Int?

    @Option(help: ArgumentHelp("The certificate chain, in PEM.", valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("The certificate's private key, in PEM.", valueName: "file"))
    var tlsKey: String?

    @Option(help: ArgumentHelp("How many connections there may be at a time.", valueName: "number"))
    var maxConnections = 2000

    @Option(
        help: ArgumentHelp(
            "How long requests under way have to end on SIGTERM, SIGINT or SIGHUP.", valueName: "seconds"))
    var drainTimeout: Double = 25

    @Option(
        name: .customLong("rolemap"),
        help: ArgumentHelp("Serve the role map in this YAML file, or in s3://BUCKET/KEY.", valueName: "place"))
    var roleMap: String?

    @OptionGroup var scan: ScanOptions

    @Option(help: ArgumentHelp("How often this process scans (10m).", valueName: "duration"))
    var refreshInterval: String?

    @Option(help: ArgumentHelp("The file that keeps what the scans found over a restart.", valueName: "file"))
    var state: String?

    @Option(
        name: .customLong("configmap-name"),
        help: ArgumentHelp("The ConfigMap that holds the role map (rolemap).", valueName: "name"))
    var configMapName: String?

    @Option(
        name: .customLong("configmap-key"),
        help: ArgumentHelp("The key in the ConfigMap (rolemap.yaml).", valueName: "key"))
    var configMapKey: String?

    @Option(help: ArgumentHelp("The Kubernetes API server, such as a kubectl proxy on this host.", valueName: "url"))
    var kubernetesServer: String?

    @Option(help: ArgumentHelp("Who tells which clients a person has: okta or id-token.", valueName: "kind"))
    var directory: String?

    @Option(help: ArgumentHelp("Clients by the groups of the id_token: a YAML or JSON mapping.", valueName: "file"))
    var groupsFile: String?

    @Flag(name: .shortAndLong, help: "Log more; twice for all.")
    var verbose: Int

    func perform() async throws -> Int32 {
        var settings = ServeSettings()
        settings.port = webServerPort
        settings.bind = bind
        settings.metricsPort = metricsPort
        settings.certificateFile = tlsCert
        settings.keyFile = tlsKey
        settings.connections = maxConnections
        settings.drain = drainTimeout
        settings.roleMap = roleMap
        settings.scan = scan.flags
        settings.refreshInterval = refreshInterval
        settings.stateFile = state
        settings.configMapName = configMapName
        settings.configMapKey = configMapKey
        settings.kubernetesServer = kubernetesServer
        settings.directory = directory
        settings.groupsFile = groupsFile
        settings.isVerbose = verbose > 0
        let composition = ServerComposition(environment: Environment.variables, version: Version.text)
        try await composition.configService(settings).run()
        return 0
    }
}
