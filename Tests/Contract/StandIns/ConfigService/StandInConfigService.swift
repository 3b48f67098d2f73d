import Domain

/// A config service on this machine's loopback: it answers what its settings say, to whoever has a token.
package final class StandInConfigService: Sendable {
    /// What it answers and how it behaves.
    package struct Settings: StandInSettings, Sendable, Hashable, Codable {
        /// The port to listen on at the start; 0 for one that the system chooses.
        package var port: UInt16 = 0
        /// The answer's members: `profiles`, and what only `extended=1` gets (`conditional`, `stale`).
        package var answer: JSONValue = ["profiles": []]
        /// Where every request is sent instead, as a sign-in page in front of it does.
        package var redirect: String?
        /// A body in place of the answer.
        package var body: String?
        /// Whether it knows `extended`; the service of the tool before this one does not.
        package var knowsExtended = true
        /// Seconds by which its clock is ahead.
        package var clockOffset: Int64 = 0
        /// What goes wrong, at `.roles`.
        package var faults: [RequestLog.Endpoint: [Fault]] = [:]

        /// A service that grants nothing.
        package init() {}
    }

    private let desk: FrontDesk<Settings>
    private let address = Locked("")
    private let server: Locked<LoopbackServer?> = Locked(nil)
    private let tokens = Locked<[String]>([])

    /// Starts one.
    package static func start(_ settings: Settings = Settings()) async throws -> StandInConfigService {
        let service = StandInConfigService(settings)
        let server = try await LoopbackServer.start(port: settings.port) { port in
            service.address.with { $0 = "http://127.0.0.1:\(port)" }
            return { await service.answer($0) }
        }
        service.server.with { $0 = server }
        return service
    }

    /// Its address, for `--config-url`.
    package var endpoint: String { address.with { $0 } }

    /// The address of its settings (GET, POST) and, with `/log`, of its log (GET, DELETE).
    package var controlAddress: String { endpoint + "/control" }

    /// Every request so far.
    package var log: RequestLog { desk.log }

    /// The tokens that were sent, in their order.
    package var receivedTokens: [String] { tokens.with { $0 } }

    /// Changes settings while it runs.
    package func change(_ body: (inout Settings) -> Void) { desk.change(body) }

    /// Closes every socket.
    package func stop() async { await server.with { $0 }?.stop() }

    private init(_ settings: Settings) { desk = FrontDesk(settings) }

    private func answer(_ request: StandInRequest) async -> StandInAnswer {
        await desk.answer(
            request, at: request.path == "/" ? .roles : .other,
            refusal: { code, message, status in .text("\(code): \(message)", status: status, outcome: code) },
            process: { self.process($0) })
    }

    private func process(_ request: StandInRequest) -> StandInAnswer {
        let settings = desk.settings
        if let redirect = settings.redirect {
            return StandInAnswer(status: 302, headers: [("Location", redirect)], outcome: "redirect")
        }
        guard request.method == "GET", request.path == "/" else {
            return .text("There is GET / and nothing else.", status: 404, outcome: "not found")
        }
        let words = (request.headers["authorization"] ?? "").split(separator: " ").map(String.init)
        guard words.count == 2, words[0].lowercased() == "bearer" else {
            return .text("A bearer token is needed.", status: 401, outcome: "no token")
        }
        tokens.with { $0.append(words[1]) }
        if let body = settings.body {
            return StandInAnswer(status: 200, headers: [("Content-Type", "application/json")], body: Array(body.utf8))
        }
        guard case .object(var members) = settings.answer else { return .json(settings.answer) }
        if !settings.knowsExtended || !request.query.contains("extended=1") {
            members["conditional"] = nil
            members["stale"] = nil
        }
        return .json(.object(members))
    }
}

extension StandInConfigService {
    /// A profile as the service answers it.
    package static func profile(
        _ accountID: String, _ name: String, role: String, issuer: String, client: String = "stand-in-client",
        alias: String = ""
    ) -> JSONValue {
        [
            "client_id": .string(client),
            "aws_account": ["id": .string(accountID), "name": .string(name), "alias": .string(alias)],
            "role_arn": .string("arn:aws:iam::\(accountID):role/\(role)"),
            "issuer_url": .string(issuer),
            "role_name": .string(role.split(separator: "/").last.map(String.init) ?? role),
        ]
    }
}
