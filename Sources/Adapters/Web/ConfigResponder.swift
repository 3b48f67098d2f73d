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
        let requestID = requestID(request)
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

    /// The whole AWS config file of a person, with `?region=` and `?role=` for the default ones.
    private func configText(_ request: HTTPRequest) async -> Outcome {
        let query = Self.query(request) ?? []
        let value = { (name: String) in query.last { $0.name == name && !$0.value.isEmpty }?.value }
        guard let region = value("region").map({ try? AWSRegion($0) }) ?? .usual else {
            return Self.text("What region= names is no AWS region.", .badRequest, route: "/config")
        }
        let role = value("role")
        return await answering(request, route: "/config") { answer in
            if let text = rendered.configAtHand(answer, region: region, defaultRole: role) { return Self.config(text) }
            let rendered = rendered
            let written = await texts.write(for: answer.subject) { () -> Result<ByteBuffer, NoConfigText> in
                Result { () throws(NoConfigText) in
                    try rendered.config(answer, region: region, defaultRole: role)
                }
            }
            switch written {
            case .success(let text): return Self.config(text)
            case .failure(let problem): return Self.noConfig(problem)
            case nil:
                var outcome = Self.text(
                    "Too many config files are being written: try again later.", .serviceUnavailable, route: "/config")
                outcome.fields[.retryAfter] = "1"
                outcome.reason = "too many config files are being written, for this person or for all"
                return outcome
            }
        }
    }

    /// No config file is an error: whoever redirects what is sent must not be left with an empty one.
    private static func noConfig(_ problem: NoConfigText) -> Outcome {
        let sentence = "\(problem)"
        var outcome =
            switch problem {
            case .noRoles: text(sentence, .notFound, route: "/config")
            case .clashes: text(sentence, .conflict, route: "/config")
            case .unwritable: text("Your roles make no config file.", .internalServerError, route: "/config")
            }
        outcome.reason = sentence
        return outcome
    }

    private static func config(_ text: ByteBuffer) -> Outcome {
        var outcome = Outcome(status: .ok, body: text, route: "/config")
        outcome.fields[.contentType] = "text/plain; charset=utf-8"
        return outcome
    }

    /// Answers the bearer of a good token; everybody else is told as little as RFC 6750 section 3 has them told.
    private func answering(_ request: HTTPRequest, route: String, _ answer: (ConfigAnswer) async -> Outcome) async
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

    /// The id that a proxy gave the request, if it is one, else one of our own.
    private func requestID(_ request: HTTPRequest) -> String {
        if let given = request.headerFields[.requestID], (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy(Self.isIDByte)
        {
            return given
        }
        let number = lastNumber.with { number in
            number &+= 0x9E37_79B9_7F4A_7C15
            return number
        }
        return String(number, radix: 16)
    }

    /// Whether it is visible, ASCII, and no quote, for whoever searches the log.
    private static func isIDByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "\\"): false
        default: (0x21...0x7E).contains(byte)
        }
    }

    /// Writes the line of a request that was read and never begun, as its connection ended before.
    func tellLost(_ request: HTTPRequest, context: Connection) {
        service.access(
            AccessLine(
                moment: service.time.now(), requestID: requestID(request), method: request.method.rawValue,
                path: Self.path(request), status: 0, bytes: 0, seconds: 0, peer: context.peer,
                userAgent: request.headerFields[.userAgent],
                reason: "the connection ended before this was begun"
            ).json)
    }
}

/// No two requests have the same within 2^64: they differ by an odd number, from a random beginning.
private let lastNumber = Guarded(UInt64.random(in: .min ... .max))

extension HTTPField.Name {
    /// `X-Request-Id`, which proxies set and pass on.
    static var requestID: HTTPField.Name { requestIDName }
    /// `X-Content-Type-Options`.
    static var contentTypeOptions: HTTPField.Name { contentTypeOptionsName }
}

private let requestIDName = HTTPField.Name("X-Request-Id") ?? .via
private let contentTypeOptionsName = HTTPField.Name("X-Content-Type-Options") ?? .via
