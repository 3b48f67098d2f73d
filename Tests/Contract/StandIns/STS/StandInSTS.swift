import Domain
import OpenSSL

/// AWS STS on this machine's loopback, over real HTTP: AssumeRoleWithWebIdentity and GetCallerIdentity.
///
/// It checks requests and tokens as AWS does and answers AWS's XML; what it gives are made-up credentials that only its
/// own GetCallerIdentity takes.
package final class StandInSTS: Sendable {
    let desk: FrontDesk<Settings>
    let provider: StandInIdentityProvider?
    let cryptography = OpenSSLCryptography()
    let issued = Locked<[String: IssuedCredentials]>([:])
    private let address = Locked("")
    private let server: Locked<LoopbackServer?> = Locked(nil)

    /// Starts one; with a provider it trusts that issuer and its clients, and checks signatures with its keys.
    package static func start(
        _ settings: Settings = Settings(), trusting provider: StandInIdentityProvider? = nil
    ) async throws -> StandInSTS {
        let service = StandInSTS(settings, provider)
        let server = try await LoopbackServer.start(port: settings.port) { port in
            service.address.with { $0 = "http://127.0.0.1:\(port)" }
            return { await service.answer($0) }
        }
        service.server.with { $0 = server }
        return service
    }

    /// Its address, for AWS_ENDPOINT_URL_STS.
    package var endpoint: String { address.with { $0 } }

    /// The address of its settings (GET, POST) and, with `/log`, of its log (GET, DELETE).
    package var controlAddress: String { endpoint + "/control" }

    /// The settings as they are now, faults that happened taken off.
    package var settings: Settings { desk.settings }

    /// Every request so far.
    package var log: RequestLog { desk.log }

    /// Changes settings while it runs; `port` stays as it was at the start.
    package func change(_ body: (inout Settings) -> Void) {
        desk.change(body)
    }

    /// Lays a JSON object over the settings, as POST /control does.
    package func patch(_ json: String) throws {
        try desk.patch(JSONValue(json: json))
    }

    /// Forgets the requests so far.
    package func resetLog() {
        desk.resetLog()
    }

    /// Returns once so many requests have come to an endpoint since the log was reset.
    package func waitForRequests(_ count: Int = 1, at endpoint: RequestLog.Endpoint) async throws {
        try await desk.waitForRequests(count, at: endpoint)
    }

    /// Closes every socket.
    package func stop() async {
        await server.with { $0 }?.stop()
    }

    private init(_ settings: Settings, _ provider: StandInIdentityProvider?) {
        desk = FrontDesk(settings)
        self.provider = provider
    }

    private func answer(_ request: StandInRequest) async -> StandInAnswer {
        let parameters = request.form ?? FormFields([])
        let endpoint: RequestLog.Endpoint =
            switch (request.path, parameters["Action"]) {
            case ("/", "AssumeRoleWithWebIdentity"): .assumeRole
            case ("/", "GetCallerIdentity"): .callerIdentity
            default: .other
            }
        return await desk.answer(
            request, at: endpoint,
            refusal: { self.refusal(STSRefusalAnswer(code: $0, message: $1, status: $2)) },
            process: { request in
                do throws(STSRefusalAnswer) {
                    guard request.method == "POST", request.path == "/" else {
                        throw STSRefusalAnswer(code: "InvalidAction", message: "POST / is all there is.", status: 404)
                    }
                    guard parameters["Version"] == "2011-06-15" || endpoint == .other else {
                        throw STSRefusalAnswer(
                            code: "NoSuchVersion", message: "The requested version is not valid.", status: 400)
                    }
                    switch endpoint {
                    case .assumeRole: return try self.assumeRole(parameters)
                    case .callerIdentity: return try self.callerIdentity(request)
                    default:
                        throw STSRefusalAnswer(
                            code: "InvalidAction", message: "Could not find operation for this version.", status: 400)
                    }
                } catch {
                    return self.refusal(error)
                }
            })
    }
}
