import Application
import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Locking
import NIOCore
import Ports

/// Answers each request of the config service, and writes its line in the access log.
struct ConfigResponder: HTTPResponder {
    /// What of the connection matters here.
    struct Connection: InitializableFromSource {
        let peer: String?

        init(source: ApplicationRequestContextSource) {
            self.init(source.channel)
        }

        init(_ channel: any Channel) {
            peer = channel.remoteAddress.map(Self.text)
        }

        static func text(_ address: SocketAddress) -> String {
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
    let texts = TextDesk()
    /// The paths that there are here, of those that this type knows.
    let routes: [String]

    func respond(to request: Request, context: Connection) async throws -> Response {
        let start = service.time.uptime()
        // What is left when the time to drain is up is not begun.
        let found =
            Task.isCancelled ? Outcome(status: .serviceUnavailable, route: "other") : await outcome(of: request.head)
        let outcome = finished(found, request.head, context, since: start)
        let body = request.method == .head ? ResponseBody() : ResponseBody(byteBuffer: outcome.body)
        return Response(status: outcome.status, headers: outcome.fields, body: body)
    }

    /// The same where it needs nobody to be waited for; nil where it does.
    func respondAtOnce(to request: HTTPRequest, context: Connection) -> Outcome? {
        let start = service.time.uptime()
        guard var outcome = outcomeAtHand(of: request) else { return nil }
        outcome = finished(outcome, request, context, since: start)
        outcome.fields[.date] = service.time.now().httpDate
        return outcome
    }

    /// An outcome with the fields that every answer has, once it is counted and has its line in the log.
    private func finished(_ outcome: Outcome, _ request: HTTPRequest, _ context: Connection, since start: Double)
        -> Outcome
    {
        var outcome = outcome
        let requestID = RequestID.of(request)
        let length = outcome.body.readableBytes
        outcome.fields[.contentLength] = String(length)
        outcome.fields[.requestID] = requestID
        if outcome.fields[.cacheControl] == nil { outcome.fields[.cacheControl] = "no-store" }
        outcome.fields[.contentTypeOptions] = "nosniff"
        let seconds = service.time.uptime() - start
        // Its time was up, and nothing is sent any more.
        let isCutOff = Task.isCancelled
        if isCutOff { outcome.reason = "the service ended before this was answered" }
        if !isCutOff { service.metrics.count(outcome.route, status: outcome.status.code, seconds: seconds) }
        service.access(
            AccessLine(
                moment: service.time.now(), requestID: requestID, method: request.method.rawValue,
                path: Self.path(request), status: isCutOff ? 0 : outcome.status.code,
                bytes: isCutOff ? 0 : length, seconds: seconds,
                peer: context.peer, userAgent: request.headerFields[.userAgent], subject: outcome.subject,
                reason: outcome.reason
            ).json)
        return outcome
    }

    /// What a request comes to, or who has to be waited for first.
    private enum Step {
        case done(Outcome)
        case roles
        case configText
        case metrics
    }

    private func step(for request: HTTPRequest) -> Step {
        let path = Self.path(request)
        guard let route = routes.first(where: { $0 == path }) else {
            return .done(Self.text("There is nothing here.", .notFound, route: "other"))
        }
        guard request.method == .get || request.method == .head else {
            var outcome = Self.text("This address has GET only.", .methodNotAllowed, route: route)
            outcome.fields[.allow] = "GET, HEAD"
            return .done(outcome)
        }
        switch route {
        case "/": return .roles
        case "/config": return .configText
        case "/ready": return .done(ready())
        case "/metrics": return .metrics
        default: return .done(Self.text("ok", .ok, route: route))
        }
    }

    private func outcome(of request: HTTPRequest) async -> Outcome {
        switch step(for: request) {
        case .done(let outcome): return outcome
        case .roles: return await roles(request)
        case .configText: return await configText(request)
        case .metrics:
            var outcome = Self.text("", .ok, route: "/metrics")
            outcome.fields[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
            outcome.body = ByteBuffer(string: await service.metrics.text())
            return outcome
        }
    }

    private func outcomeAtHand(of request: HTTPRequest) -> Outcome? {
        switch step(for: request) {
        case .done(let outcome): outcome
        case .roles: rolesAtHand(request)
        case .configText, .metrics: nil
        }
    }

    private static func path(_ request: HTTPRequest) -> String {
        let target = request.path ?? "/"
        return String(target[..<endOfPath(target)])
    }

    static func query(_ request: HTTPRequest) -> [PercentEncoding.Pair]? {
        let target = request.path ?? ""
        return PercentEncoding.pairs(ofQuery: target[endOfPath(target)...].dropFirst())
    }

    private static func endOfPath(_ target: String) -> String.Index {
        target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
    }

    private func ready() -> Outcome {
        let condition = service.roles.condition
        guard condition.snapshot != nil else {
            return Self.text("There is no role map yet.", .serviceUnavailable, route: "/ready")
        }
        return Self.text("ready", .ok, route: "/ready")
    }

    private func roles(_ request: HTTPRequest) async -> Outcome {
        await answering(request, route: "/") { answer in
            Self.roles(rendered.json(answer, isExtended: Self.isExtended(request)))
        }
    }

    private func rolesAtHand(_ request: HTTPRequest) -> Outcome? {
        do throws(ConfigRefusal) {
            guard let found = try service.answer.answerAtHand(to: Self.credentials(request)),
                let body = rendered.jsonAtHand(found, isExtended: Self.isExtended(request))
            else { return nil }
            service.answer.countAtHand(found)
            var outcome = Self.roles(body)
            outcome.subject = found.subject
            return outcome
        } catch {
            return Self.refusal(error, route: "/")
        }
    }

    private static func roles(_ json: ByteBuffer) -> Outcome {
        var outcome = Outcome(status: .ok, body: json, route: "/")
        outcome.fields[.contentType] = "application/json"
        return outcome
    }

    private static func isExtended(_ request: HTTPRequest) -> Bool {
        query(request)?.contains { $0.name == "extended" && $0.value == "1" } ?? false
    }

    /// Answers the bearer of a good token; everybody else is told as little as RFC 6750 section 3 has them told.
    func answering(_ request: HTTPRequest, route: String, _ answer: (ConfigAnswer) async -> Outcome) async
        -> Outcome
    {
        do throws(ConfigRefusal) {
            let found = try await service.answer.answer(to: Self.credentials(request))
            var outcome = await answer(found)
            outcome.subject = found.subject
            return outcome
        } catch {
            return Self.refusal(error, route: route)
        }
    }

    private static func credentials(_ request: HTTPRequest) -> BearerCredentials {
        BearerCredentials(authorization: request.headerFields[values: .authorization])
    }

    private static func refusal(_ error: ConfigRefusal, route: String) -> Outcome {
        var outcome: Outcome
        switch error {
        case .noToken, .badToken:
            outcome = text("An id_token of the identity provider is needed.", .unauthorized, route: route)
            outcome.fields[.wwwAuthenticate] = challenge(error)
        case .notThisPerson:
            outcome = text(
                "The identity provider's directory has no answer about the person of this id_token: "
                    + "ask whoever runs the service.", .forbidden, route: route)
        case .noProvider, .noRoleMap, .noDirectory:
            outcome = text("The service can't answer now: try again later.", .serviceUnavailable, route: route)
            outcome.fields[.retryAfter] = error.retryAfter.map { "\($0)" }
        }
        outcome.subject = error.subject
        outcome.reason = "\(error)"
        return outcome
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

    /// Writes the line of a request that was read and never begun, as its connection ended before.
    func tellLost(_ request: HTTPRequest, context: Connection) {
        service.access(
            AccessLine(
                moment: service.time.now(), requestID: RequestID.of(request), method: request.method.rawValue,
                path: Self.path(request), status: 0, bytes: 0, seconds: 0, peer: context.peer,
                userAgent: request.headerFields[.userAgent],
                reason: "the connection ended before this was begun"
            ).json)
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
