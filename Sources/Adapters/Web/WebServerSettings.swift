import Domain

/// Where and how the config service listens.
package struct WebServerSettings: Sendable {
    /// The address to listen on, IPv4 or IPv6; nil for all of both.
    package var host: String?
    /// The port; 0 for one that the system chooses.
    package var port: Int
    /// The port of the metrics, on the same address; nil where they are given beside the rest.
    package var metricsPort: Int?
    /// The PEM files of certificate chain and private key; nil for plain HTTP.
    package var certificate: (chain: String, key: String)?
    /// How many connections there may be at a time.
    package var connections: Int
    /// Seconds that requests under way have to end when the service is told to.
    package var drain: Double

    /// Settings with these members.
    package init(
        host: String?, port: Int, metricsPort: Int?, certificate: (chain: String, key: String)?, connections: Int,
        drain: Double
    ) {
        self.host = host
        self.port = port
        self.metricsPort = metricsPort
        self.certificate = certificate
        self.connections = connections
        self.drain = drain
    }
}

/// Why nothing is served.
package enum WebServerError: Error, Sendable {
    /// Certificate or key can't be used.
    case badCertificate(path: String, reason: String)
    /// The address to listen on is none.
    case badAddress(String)
    /// The address is taken, or none of this machine's; another one is chosen by that flag.
    case unbound(address: String, flag: String, reason: String)
    /// It was up, and came to an end that nobody asked for.
    case ended(reason: String)
}

extension WebServerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badCertificate(let path, let reason):
            "\(path) can't be used: \(reason). Name PEM files by --tls-cert and --tls-key."
        case .badAddress(let text):
            "--bind \"\(PrintableText.line(text))\" is no address: name one of this machine's, or leave it out for all."
        case .unbound(let address, let flag, let reason):
            "nothing can be served on \(address): \(reason). Choose another \(flag)."
        case .ended(let reason):
            "the service came to an end by itself: \(reason). Start it again."
        }
    }
}
