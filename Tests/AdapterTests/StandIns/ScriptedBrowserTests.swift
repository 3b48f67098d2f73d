import Domain
import Testing

@testable import StandIns

@Suite("The scripted browser")
struct ScriptedBrowserTests {
    /// Runs a browser against a provider and a program that listens at the redirect, and gives the queries that came there.
    private func queries(_ browser: ScriptedBrowser) async throws -> [FormFields] {
        let seen = Locked<[FormFields]>([])
        try await withProvider { provider, visitor in
            let listener = try await Self.listenAtRedirect(seen)
            let redirectURI = "http://localhost:\(listener.port)"
            let parameters = visitor.parameters.map { $0.0 == "redirect_uri" ? ($0.0, redirectURI) : $0 }
            do {
                try await browser.open(provider.issuer + "/authorize?" + FormFields(parameters).encoded)
            } catch {
                await listener.stop()
                throw error
            }
            await listener.stop()
        }
        return seen.with { $0 }
    }

    private static func listenAtRedirect(_ seen: Locked<[FormFields]>) async throws -> LoopbackServer {
        for port in UInt16(49_152)..<49_215 {
            let server = try? await LoopbackServer.start(port: port) { _ in
                { request in
                    seen.with { $0.append(FormFields(encoded: request.query)) }
                    return StandInAnswer(status: 200)
                }
            }
            if let server { return server }
        }
        throw LoopbackHTTP.Failure("every port is taken")
    }

    @Test("It signs in and comes back with a code")
    func allows() async throws {
        let queries = try await queries(ScriptedBrowser())
        #expect(queries.count == 1)
        #expect(queries.first?["code"]?.isEmpty == false)
        #expect(queries.first?["state"] == "the-state")
    }

    @Test("It says no")
    func denies() async throws {
        let queries = try await queries(ScriptedBrowser(.deny))
        #expect(queries.map { $0["error"] } == ["access_denied"])
        #expect(queries.first?["state"] == "the-state")
    }

    @Test("It goes away without a word")
    func abandons() async throws {
        #expect(try await queries(ScriptedBrowser(.abandon)).isEmpty)
    }

    @Test("It lets a stranger knock first")
    func foreignState() async throws {
        let queries = try await queries(ScriptedBrowser(.foreignState))
        #expect(queries.map { $0["error"] } == ["access_denied", nil])
        #expect(queries.map { $0["state"] == "the-state" } == [false, true])
    }

    @Test("A wrong password is an error")
    func wrongPassword() async throws {
        var browser = ScriptedBrowser()
        browser.password = "guess"
        await #expect(throws: LoopbackHTTP.Failure.self) { try await queries(browser) }
    }

    @Test("The environment says what it does, in words that mean something")
    func environment() throws {
        let browser = try ScriptedBrowser(environment: [
            "STAND_IN_BROWSER": "foreign-state", "STAND_IN_BROWSER_DELAY": "0.5", "STAND_IN_BROWSER_LOG": "/x",
        ])
        #expect(browser.behaviour == .foreignState)
        #expect(browser.delay == 0.5)
        #expect(browser.logFile == "/x")
        #expect(try ScriptedBrowser(environment: [:]) == ScriptedBrowser())
        #expect(throws: LoopbackHTTP.Failure.self) { try ScriptedBrowser(environment: ["STAND_IN_BROWSER": "dance"]) }
    }
}
