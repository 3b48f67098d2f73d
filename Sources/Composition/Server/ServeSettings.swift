import Web

/// What the command line says of the config service.
package struct ServeSettings: Sendable {
    /// The port of the service; 0 for one that the system chooses.
    package var port = 8080
    /// The address to listen on; nil for all.
    package var bind: String?
    /// The port of the metrics; nil where they are served beside the rest.
    package var metricsPort: Int?
    /// The file of the certificate chain.
    package var certificateFile: String?
    /// The file of the certificate's private key.
    package var keyFile: String?
    /// How many connections there may be at a time.
    package var connections = 2000
    /// Seconds that requests under way have on SIGTERM.
    package var drain: Double = 25
    /// The file that holds the role map, or the object as in `s3://BUCKET/KEY`; nil for the ConfigMap, or scans.
    package var roleMap: String?
    /// How the service scans, where it does that itself.
    package var scan = ScanSettings.Flags()
    /// The time between the starts of two scans, as in `10m`; nil for ten minutes.
    package var refreshInterval: String?
    /// The file in which the service keeps what its scans found; nil where that is lost with the process.
    package var stateFile: String?
    /// The ConfigMap's name; nil for `rolemap`.
    package var configMapName: String?
    /// The key in it; nil for `rolemap.yaml`.
    package var configMapKey: String?
    /// The Kubernetes API server's address; nil for that of the cluster that this process runs in.
    package var kubernetesServer: String?
    /// Who tells which clients a person has; nil where the other settings tell.
    package var directory: String?
    /// The file that maps groups to clients.
    package var groupsFile: String?
    /// Whether debug lines are logged.
    package var isVerbose = false

    /// The settings of a service that is told nothing.
    package init() {}

    /// What of it is the web server's.
    var web: WebServerSettings {
        WebServerSettings(
            host: bind, port: port, metricsPort: metricsPort,
            certificate: certificateFile.flatMap { chain in keyFile.map { (chain, $0) } }, connections: connections,
            drain: drain)
    }
}

/// All that is wrong with the settings of the service.
package struct InvalidServeSettings: Error, Sendable, CustomStringConvertible {
    /// A sentence each.
    package let problems: [String]

    package var description: String {
        problems.count == 1 ? problems[0] : "\(problems.count) things are wrong: " + problems.joined(separator: " ")
    }
}
