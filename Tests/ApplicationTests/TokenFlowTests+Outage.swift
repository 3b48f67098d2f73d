import Application
import Domain
import Locking
import Ports
import Testing

/// What becomes of a refresh, and of who waits for one, where the provider can't be had.
extension TokenFlowTests {
    @Test(
        "Where the answer came and its id_token can't be verified, a refresh token that did not rotate is as good as before",
        arguments: ["refresh-old", "refresh-rotated"])
    func unverified(_ refreshToken: String) async throws {
        let store = ScriptedTokenStore(tokens("old", life: 0))
        let grant = TokenGrant(
            accessToken: Secret("access-new"), tokenType: "Bearer", refreshToken: Secret(refreshToken),
            idToken: Secret("id-unverifiable"), expiresIn: 3600, refreshExpiresIn: nil)
        await #expect(throws: SignInProblem.self) { try await obtain(store, [.success(grant)])(.idToken, Self.nobody) }
        #expect(store.state.with { $0.kept } == (refreshToken == "refresh-old" ? [Secret("refresh-old")] : []))
    }

    @Test("That the provider can't be had is told to those who wait", arguments: answers)
    func outage(error: IdentityProviderError, isKept: Bool) async throws {
        let store = ScriptedTokenStore(tokens("old", life: 0))
        await #expect(throws: SignInProblem.self) {
            try await obtain(store, [.failure(error)])(.idToken, Self.nobody)
        }
        let isOutage =
            switch error {
            // One that is refused at once, or timed out after a while.
            case .http, .outOfOrder: true
            default: false
            }
        #expect(host.posted.with { $0.contains { $0.hasPrefix("outage ") } } == isOutage)
    }

    @Test("Who waited already is told of it, who came later asks anew", .timeLimit(.minutes(1)), arguments: [1.0, -1])
    func outageWhileWaiting(after: Double) async throws {
        let store = ScriptedTokenStore(tokens("old", life: 0))
        host.outageAt.with { $0 = clock.uptime() + after }
        store.state.with { $0.isHeld = after > 0 }
        let obtain = obtain(store, [.success(grant("new"))])
        let got = try? await obtain(.idToken, Self.nobody)
        #expect(got?.accessToken == (after > 0 ? nil : Secret("access-new")))
        #expect(store.state.with { $0.spent }.isEmpty == (after > 0))
    }

    @Test("Who has little time of its own tells nobody of it")
    func silentOutage() async throws {
        let store = ScriptedTokenStore(tokens("old", life: 0))
        await #expect(throws: SignInProblem.self) {
            try await obtain(store, [.failure(.outOfOrder(address: "t", status: 503))])(
                .idToken, .silently(by: Deadline(in: 10, clock)))
        }
        #expect(host.posted.with { $0.filter { $0.hasPrefix("outage ") } }.isEmpty)
    }
}
