import Application
import Dispatch
import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
package import Ports
import ServiceLifecycle
import UnixSignals

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The config service on the network: HTTP/1.1, with TLS or without.
package struct WebServer: Sendable {
    private let settings: WebServerSettings
    private let log: any Log
    private let metrics: ServiceMetrics
    private let faces: [Face]

    /// What is answered on one port.
    private struct Face {
        let port: Int
        let isForMetrics: Bool
        let responder: ConfigResponder
        let http: HTTPServerBuilder

        var flag: String { isForMetrics ? "--metrics-port" : "--web-server-port" }
    }

    /// Largest header of a request, in bytes; the largest tokens that are known have a quarter of that.
    private static let headerLimit = 64 << 10
    /// So many fields may a header have.
    private static let fieldLimit = 100

    /// A server with those settings; certificates are read, nothing listens yet.
    package init(_ settings: WebServerSettings, _ service: WebService, log: any Log) throws(WebServerError) {
        self.settings = settings
        self.log = log
        metrics = service.metrics
        let ports = [(settings.port, false)] + (settings.metricsPort.map { [($0, true)] } ?? [])
        faces = try ports.map { (port, isForMetrics) throws(WebServerError) in
            let responder = Self.responder(settings, service, isForMetrics)
            return Face(
                port: port, isForMetrics: isForMetrics, responder: responder,
                http: try Self.http(settings, service, responder))
        }
    }

    /// Serves until SIGTERM, SIGINT or SIGHUP; then takes no more connections, ends what is under way, and returns.
    ///
    /// - Parameters:
    ///   - background: what runs beside it and ends with it, by its task being cancelled.
    ///   - abandon: called where it still has not ended a moment after the time to drain, as where a processor is busy for
    ///     long; it ends the process.
    package func run(_ background: @escaping @Sendable () async -> Void, abandon: @escaping @Sendable () -> Void = {})
        async throws(WebServerError)
    {
        // What stands last ends first: the ports close at once, and what feeds the answers goes on until the last is sent.
        var services: [any Service] = [Background(work: background)]
        services += faces.map { Port(application: application($0), flag: $0.flag, port: $0.port) }
        services.append(Patience(seconds: settings.drain + Self.grace, abandon: abandon))
        var logger = Logger(label: "aws-oidc") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: Self.signals(), logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(settings.drain)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            throw failure(error)
        }
    }

    /// What has it end: a terminal's hang-up too, unless whoever started it had that ignored, as nohup does.
    private static func signals() -> [UnixSignal] {
        // The number that stands for SIG_IGN, which is no function to be compared.
        let isIgnored = unsafeBitCast(signal(SIGHUP, SIG_IGN), to: Int.self) == 1
        return [.sigterm, .sigint] + (isIgnored ? [] : [.sighup])
    }

    /// How long after the time to drain it may take to end, in seconds.
    private static let grace = 1.0

    private static func responder(_ settings: WebServerSettings, _ service: WebService, _ isForMetrics: Bool)
        -> ConfigResponder
    {
        ConfigResponder(
            service: service, rendered: RenderedAnswers(issuer: service.issuer),
            routes: isForMetrics
                ? ["/metrics", "/health", "/ready"]
                : ["/", "/config", "/health", "/ready"] + (settings.metricsPort == nil ? ["/metrics"] : []))
    }

    private func application(_ face: Face) -> some ApplicationProtocol {
        let (log, metrics) = (log, metrics)
        let (port, isForMetrics) = (face.port, face.isForMetrics)
        var logger = Logger(label: "aws-oidc") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return Application(
            responder: face.responder, server: face.http,
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host ?? Self.anyAddress, port: port), backlog: 1024,
                availableConnectionsDelegate: CountedConnections(most: settings.connections, log: log) { count in
                    if !isForMetrics { metrics.note(connections: count) }
                }),
            onServerRunning: { channel in
                let address = channel.localAddress
                log.write(
                    .info, isForMetrics ? "metrics are served" : "the config service is up",
                    ["address": address?.ipAddress ?? "", "port": "\(address?.port ?? port)"])
            },
            logger: logger)
    }

    private static func http(_ settings: WebServerSettings, _ service: WebService, _ responder: ConfigResponder)
        throws(WebServerError) -> HTTPServerBuilder
    {
        let limits = ConnectionGuard.Limits()
        let isTLS = settings.certificate != nil
        let channel = HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                ConnectionGuard(
                    limits, isTLS: isTLS, onRefusal: { refused($0, $1, service) }), AnswersAtOnce(responder),
            ],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: headerLimit, maxHeaderListSize: headerLimit, maxHeaderFieldCount: fieldLimit))
        guard let (chain, key) = settings.certificate else { return .http1(configuration: channel) }
        let tls = try ServerCertificate.configuration(chain: chain, key: key)
        do {
            return try .tls(.http1(configuration: channel), tlsConfiguration: tls)
        } catch {
            throw .badCertificate(path: chain, reason: reason(error))
        }
    }

    /// Counts what never became a request, where it is answered, and writes its line in the log; the fields of the answer
    /// to one whose header is too large.
    private static func refused(
        _ refusal: ConnectionGuard.Refusal, _ peer: SocketAddress?, _ service: WebService
    ) -> HTTPFields {
        let (status, reason) =
            switch refusal {
            case .oversized:
                (401, "the header is larger than \(headerLimit) bytes or has more than \(fieldLimit) fields")
            case .malformed(let reason): (400, "it is no HTTP request: \(reason)")
            case .cutOff: (0, "the connection ended before its header was whole")
            case .late: (0, "its header was not whole when its time was up")
            case .noTLS(let reason): (0, "the TLS handshake failed: \(reason)")
            }
        if refusal == .oversized { service.metrics.countOversized() }
        if case .noTLS = refusal { service.metrics.countFailedHandshake() }
        if status != 0 { service.metrics.count("other", status: status, seconds: 0) }
        service.access(
            NoRequestLine(
                moment: service.time.now(), status: status, peer: peer.map(ConfigResponder.Connection.text),
                reason: reason
            ).json)
        return [
            .wwwAuthenticate: ConfigResponder.challenge(.badToken(reason: "")), .contentLength: "0",
            .connection: "close",
        ]
    }

    /// All addresses of IPv6 and IPv4, where this machine has IPv6 at all.
    private static var anyAddress: String {
        access("/proc/net/if_inet6", F_OK) == 0 ? "::" : "0.0.0.0"
    }

    /// Why it ended, where that is not because it was told to.
    private func failure(_ error: any Error) -> WebServerError {
        guard let failed = error as? PortFailure, let cause = failed.cause as? IOError else {
            return .ended(reason: Self.reason((error as? PortFailure)?.cause ?? error))
        }
        // It is the address that is none of this machine's, or else the port that is taken or not ours to take.
        let flag = cause.errnoCode == EADDRNOTAVAIL ? "--bind" : failed.flag
        let host = settings.host ?? "this machine's addresses"
        return .unbound(address: "\(host), port \(failed.port)", flag: flag, reason: Self.reason(cause))
    }

    /// What is wrong with those settings that only the machine can tell.
    package static func problems(_ settings: WebServerSettings) -> [WebServerError] {
        var problems: [WebServerError] = []
        if let host = settings.host, (try? SocketAddress.makeAddressResolvingHost(host, port: 0)) == nil {
            problems.append(.badAddress(host))
        }
        if let (chain, key) = settings.certificate { problems += ServerCertificate.problems(chain: chain, key: key) }
        return problems
    }

    private static func reason(_ error: any Error) -> String {
        if let error = error as? IOError { return PrintableText.line(String(cString: strerror(error.errnoCode))) }
        return PrintableText.line("\(error)")
    }
}

/// One of the ports, which says of itself where it can't be served.
private struct Port<Application: ApplicationProtocol>: Service {
    let application: Application
    let flag: String
    let port: Int

    func run() async throws {
        do {
            try await application.run()
        } catch {
            throw PortFailure(cause: error, flag: flag, port: port)
        }
    }
}

/// Why a port is not served.
private struct PortFailure: Error {
    let cause: any Error
    let flag: String
    let port: Int
}

/// Work that goes on as long as the service does.
private struct Background: Service {
    let work: @Sendable () async -> Void

    func run() async throws {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            await work()
            end.finish()
        }
        // Work that ends by itself does not end the service.
        try? await gracefulShutdown()
        task.cancel()
        // Until it has ended; or until time is up, when this task is cancelled, for some work hangs in the system.
        for await _ in ends {}
    }
}

/// Sees to it that the end, once it was asked for, comes.
private struct Patience: Service {
    let seconds: Double
    let abandon: @Sendable () -> Void

    func run() async throws {
        try? await gracefulShutdown()
        // No task: those may be what keeps it from ending.
        DispatchQueue(label: "patience").asyncAfter(deadline: .now() + seconds) { abandon() }
    }
}
