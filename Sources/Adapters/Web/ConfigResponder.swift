import Application
import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Ports

/// Answers each request of the config service, and writes its line in the access log.
struct ConfigResponder: HTTPResponder {
    /// What of the connection matters here.
    struct Connection: InitializableFromSource {
        let peer: String?

        init(source: ApplicationRequestContextSource) {
            peer = source.channel.remoteAddress.map(Self.text)
        }

        private static func text(_ address: SocketAddress) -> String {
            // IPv4 on a socket of both.
            address.ipAddress.map { $0.hasPrefix("::ffff:") ? String($0.dropFirst(7)) : $0 } ?? "local"
        }
    }

    /// An answer, with what the log is to know and the client is not.
    struct Outcome {
        var status: HTTPResponse.Status
        var fields: HTTPFields = [:]
        var body = ByteBuffer()
        var route: String
        var subject: String?
        var reason: String?
    }

    typealias Context = Connection

    let service: WebService
    let rendered: RenderedAnswers
    /// The paths that there are here, of those that this type knows.
    let routes: [String]

    func respond(to request: Request, context: Connection) async throws -> Response {
        let start = service.time.uptime()
        let requestID = requestID(request)
        var outcome = await outcome(of: request)
        let length = outcome.body.readableBytes
        outcome.fields[.contentLength] = String(length)
        outcome.fields[.requestID] = requestID
        if outcome.fields[.cacheControl] == nil { outcome.fields[.cacheControl] = "no-store" }
        outcome.fields[.contentTypeOptions] = "nosniff"
        let body = request.method == .head ? ResponseBody() : ResponseBody(byteBuffer: outcome.body)
        let seconds = service.time.uptime() - start
        service.metrics.count(outcome.route, status: outcome.status.code, seconds: seconds)
        service.access(
            AccessLine(
                moment: service.time.now(), requestID: requestID, method: request.method.rawValue,
                path: Self.path(request), status: outcome.status.code, bytes: length, seconds: seconds,
                peer: context.peer, userAgent: request.headers[.userAgent], subject: outcome.subject,
                reason: outcome.reason
            ).json)
        return Response(status: outcome.status, headers: outcome.fields, body: body)
    }

    private func outcome(of request: Request) async -> Outcome {
        let path = Self.path(request)
        guard let route = routes.first(where: { $0 == path }) else {
            return Self.text("There is nothing here.", .notFound, route: "other")
        }
        guard request.method == .get || request.method == .head else {
            var outcome = Self.text("This address has GET only.", .methodNotAllowed, route: route)
            outcome.fields[.allow] = "GET, HEAD"
            return outcome
        }
        switch route {
        case "/": return await roles(request)
        case "/config": return await configText(request)
        case "/ready": return ready()
        case "/metrics":
            var outcome = Self.text("", .ok, route: route)
            outcome.fields[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
            outcome.body = ByteBuffer(string: await service.metrics.text())
            return outcome
        default: return Self.text("ok", .ok, route: route)
        }
    }

    private static func path(_ request: Request) -> String {
        String((request.head.path ?? "/").prefix { $0 != "?" })
    }

    static func query(_ request: Request) -> [PercentEncoding.Pair]? {
        let query = (request.head.path ?? "").drop { $0 != "?" }.dropFirst()
        return PercentEncoding.pairs(ofQuery: query)
    }

    private func ready() -> Outcome {
        let condition = service.roles.condition
        guard condition.snapshot != nil else {
            return Self.text("There is no role map yet.", .serviceUnavailable, route: "/ready")
        }
        return Self.text("ready", .ok, route: "/ready")
    }

    private func roles(_ request: Request) async -> Outcome {
        let isExtended = Self.query(request)?.contains { $0.name == "extended" && $0.value == "1" } ?? false
        return await answering(request, route: "/") { answer in
            var outcome = Outcome(status: .ok, route: "/")
            outcome.fields[.contentType] = "application/json"
            outcome.body = rendered.json(answer, isExtended: isExtended)
            return outcome
        }
    }

    /// The whole AWS config file of a person, with `?region=` and `?role=` for the default ones.
    private func configText(_ request: Request) async -> Outcome {
        let query = Self.query(request) ?? []
        let value = { (name: String) in query.last { $0.name == name && !$0.value.isEmpty }?.value }
        guard let region = value("region").map({ try? AWSRegion($0) }) ?? .usual else {
            return Self.text("What region= names is no AWS region.", .badRequest, route: "/config")
        }
        return await answering(request, route: "/config") { answer in
            do throws(ConfigEditError) {
                let text = try answer.configText(
                    region: region, defaultRole: value("role"), issuer: service.issuer)
                var outcome = Outcome(status: .ok, body: ByteBuffer(string: text), route: "/config")
                outcome.fields[.contentType] = "text/plain; charset=utf-8"
                return outcome
            } catch {
                var outcome = Self.text("Your roles make no config file.", .internalServerError, route: "/config")
                outcome.reason = "\(error)"
                return outcome
            }
        }
    }

    /// Answers the bearer of a good token; everybody else is told as little as RFC 6750 section 3 has them told.
    private func answering(_ request: Request, route: String, _ answer: (ConfigAnswer) -> Outcome) async -> Outcome {
        let credentials = BearerCredentials(authorization: request.headers[values: .authorization])
        do throws(ConfigRefusal) {
            let found = try await service.answer.answer(to: credentials)
            var outcome = answer(found)
            outcome.subject = found.subject
            return outcome
        } catch {
            var outcome: Outcome
            switch error {
            case .noToken, .badToken:
                outcome = Self.text("An id_token of the identity provider is needed.", .unauthorized, route: route)
                outcome.fields[.wwwAuthenticate] = Self.challenge(error)
            case .noProvider, .noRoleMap, .noDirectory:
                outcome = Self.text("The service can't answer now: try again later.", .serviceUnavailable, route: route)
                outcome.fields[.retryAfter] = "10"
            }
            outcome.subject = error.subject
            outcome.reason = "\(error)"
            return outcome
        }
    }

    /// The challenge of a 401 (RFC 6750 section 3.1): a code only where a token was sent.
    static func challenge(_ refusal: ConfigRefusal) -> String {
        refusal == .noToken ? "Bearer realm=\"aws-oidc\"" : "Bearer realm=\"aws-oidc\", error=\"invalid_token\""
    }

    static func text(_ text: String, _ status: HTTPResponse.Status, route: String) -> Outcome {
        var outcome = Outcome(status: status, route: route)
        outcome.fields[.contentType] = "text/plain; charset=utf-8"
        outcome.body = ByteBuffer(string: text + "\n")
        return outcome
    }

    /// The id that a proxy gave the request, if it is one, else one of our own.
    private func requestID(_ request: Request) -> String {
        if let given = request.headers[.requestID], (8...64).contains(given.utf8.count),
            given.utf8.allSatisfy(Self.isIDByte)
        {
            return given
        }
        return String(UInt64.random(in: .min ... .max), radix: 16)
    }

    private static func isIDByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default:
            false
        }
    }
}

extension HTTPField.Name {
    /// `X-Request-Id`, which proxies set and pass on.
    static var requestID: HTTPField.Name { requestIDName }
    /// `X-Content-Type-Options`.
    static var contentTypeOptions: HTTPField.Name { contentTypeOptionsName }
}

private let requestIDName = HTTPField.Name("X-Request-Id") ?? .via
private let contentTypeOptionsName = HTTPField.Name("X-Content-Type-Options") ?? .via
