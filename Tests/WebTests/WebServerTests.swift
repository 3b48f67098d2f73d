import Application
import Domain
import Locking
import Ports
import ServiceLifecycle
import ServiceLifecycleTestKit
import StandIns
import Testing
import Web

/// How the server ends.
struct WebServerTests {
    /// Work beside the server that does not heed its end, until it is let go.
    private actor Hanging {
        private var waiting: CheckedContinuation<Void, Never>?
        private var isOver = false

        func work() async {
            guard !isOver else { return }
            await withCheckedContinuation { waiting = $0 }
        }

        func letGo() {
            isOver = true
            waiting?.resume()
            waiting = nil
        }

        func begun() async {
            while waiting == nil { await Task.yield() }
        }
    }

    private let log = PortLog()
    private let lines = Guarded<[String]>([])

    private func server(
        drain: Double, port: Int = 0, verifier: any KeptKeysVerifier = NoVerifier(),
        gauges: @escaping @Sendable () async -> [ServiceMetrics.Gauge] = { [] }
    ) throws -> WebServer {
        let time = StoppedClock()
        let roles = ServedRoleMap(time: time, log: log)
        let issuer = try Issuer("https://id.example.com")
        let tokens = VerifiedTokens(
            verifier: verifier,
            expectations: IDTokenExpectations(
                issuer: issuer, clientID: try ClientID("c"), nonce: nil, accessToken: nil),
            digester: NoDigester(), time: time, log: log)
        let lines = lines
        let service = WebService(
            answer: AnswerConfigRequest(tokens: tokens, directory: ClaimsDirectory(), roles: roles), roles: roles,
            issuer: issuer, metrics: ServiceMetrics(gauges: gauges), time: time,
            access: { line in lines.with { $0.append(String(decoding: line, as: UTF8.self)) } })
        return try WebServer(
            WebServerSettings(
                host: "127.0.0.1", port: port, metricsPort: nil, certificate: nil, connections: 10, drain: drain),
            service, log: log)
    }

    private func isServed(_ port: Int) async -> Bool {
        (try? await LoopbackHTTP.fetch("GET", "http://127.0.0.1:\(port)/health"))?.status == 200
    }

    @Test(
        "when it is told to end it takes no more connections, though what goes on beside it hangs",
        .timeLimit(.minutes(2)))
    func closesAtOnce() async throws {
        let (hanging, log, server) = (Hanging(), log, try server(drain: 3600))
        await testGracefulShutdown { trigger in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await server.run { await hanging.work() } }
                let port = await log.port()
                #expect(await isServed(port))
                trigger.triggerGracefulShutdown()
                while await isServed(port) { await Task.yield() }
                await hanging.letGo()
            }
        }
    }

    @Test("what hangs beside it is not waited for once the time for the end is up", .timeLimit(.minutes(2)))
    func endsWithoutIt() async throws {
        let (hanging, log, server) = (Hanging(), log, try server(drain: 0.1))
        await testGracefulShutdown { trigger in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await server.run { await hanging.work() } }
                _ = await log.port()
                trigger.triggerGracefulShutdown()
                await group.waitForAll()
            }
        }
        await hanging.letGo()
    }

    @Test(
        "nor is the identity provider, and the log claims no answer that nobody got", .timeLimit(.minutes(2)))
    func endsWithoutKeys() async throws {
        let (hanging, log) = (HangingVerifier(), log)
        let server = try server(drain: 0.1, verifier: hanging)
        await testGracefulShutdown { trigger in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await server.run {} }
                let port = await log.port()
                group.addTask {
                    _ = try? await LoopbackHTTP.fetch(
                        "GET", "http://127.0.0.1:\(port)/", headers: [("Authorization", "Bearer a.b.c")])
                }
                await hanging.asked()
                trigger.triggerGracefulShutdown()
                await group.waitForAll()
            }
        }
        let lines = lines.with { $0 }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("\"status\":0,") == true, "\(lines)")
        #expect(lines.first?.contains("the service ended before this was answered") == true)
        await hanging.letGo()
    }

    @Test("what does not heed its end is abandoned a moment after the time to drain", .timeLimit(.minutes(2)))
    func abandons() async throws {
        let (hanging, log) = (Hanging(), log)
        let server = try server(
            drain: 0.1,
            gauges: {
                await hanging.work()
                return []
            })
        let (abandoned, abandon) = AsyncStream.makeStream(of: Void.self)
        let hasEnded = Guarded(false)
        await testGracefulShutdown { trigger in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    try? await server.run({}, abandon: { abandon.yield() })
                    hasEnded.with { $0 = true }
                }
                let port = await log.port()
                group.addTask { _ = try? await LoopbackHTTP.fetch("GET", "http://127.0.0.1:\(port)/metrics") }
                await hanging.begun()
                trigger.triggerGracefulShutdown()
                for await _ in abandoned { break }
                #expect(hasEnded.with { !$0 })
                await hanging.letGo()
            }
        }
    }

    @Test("only an address that can't be listened on is told as such")
    func unbound() async throws {
        let (first, log) = (try server(drain: 1), log)
        await testGracefulShutdown { trigger in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await first.run {} }
                let port = await log.port()
                await #expect {
                    try await server(drain: 1, port: port).run {}
                } throws: { error in
                    guard case .unbound(let address, let flag, _)? = error as? WebServerError else { return false }
                    return address == "127.0.0.1, port \(port)" && flag == "--web-server-port"
                }
                trigger.triggerGracefulShutdown()
            }
        }
    }
}

/// Knows the port that the server has told.
private final class PortLog: Log {
    private let told = Guarded<Int?>(nil)

    func write(_ level: LogLevel, _ event: String, _ fields: KeyValuePairs<String, String>) {
        guard let port = fields.first(where: { $0.key == "port" })?.value else { return }
        told.with { $0 = Int(port) }
    }

    func port() async -> Int {
        while true {
            if let port = told.with({ $0 }) { return port }
            await Task.yield()
        }
    }
}

struct StoppedClock: TimeSource {
    func now() -> Timestamp { Timestamp(seconds: 1_700_000_000) }
    func uptime() -> Double { 1000 }
    func sleep(seconds: Double) async {}
}

/// Takes no token.
struct NoVerifier: KeptKeysVerifier {
    func prepare(by deadline: Deadline) async throws(IdentityProviderError) {}

    func verify(_ idToken: Secret, _ expected: IDTokenExpectations, by deadline: Deadline)
        async throws(IdentityProviderError) -> IDTokenClaims
    { throw .noDeviceGrant }

    func verify(_ idToken: Secret, _ expected: IDTokenExpectations, orStale: Bool)
        throws(IdentityProviderError) -> IDTokenClaims?
    { nil }
}

struct NoDigester: Digester {
    func digest(_ bytes: [UInt8], _ function: HashFunction) -> [UInt8] { bytes }
}

/// Asks for keys that never come, until it is let go.
private actor HangingVerifier: KeptKeysVerifier {
    private var waiting: CheckedContinuation<Void, Never>?

    func asked() async {
        while waiting == nil { await Task.yield() }
    }

    func letGo() {
        waiting?.resume()
        waiting = nil
    }

    func prepare(by deadline: Deadline) async throws(IdentityProviderError) {}

    func verify(_ idToken: Secret, _ expected: IDTokenExpectations, by deadline: Deadline)
        async throws(IdentityProviderError) -> IDTokenClaims
    {
        await withCheckedContinuation { waiting = $0 }
        throw .noDeviceGrant
    }

    nonisolated func verify(_ idToken: Secret, _ expected: IDTokenExpectations, orStale: Bool)
        throws(IdentityProviderError) -> IDTokenClaims?
    { nil }
}
