import Application
import Domain
import Ports
import Testing

/// A signature is verified once.
struct VerifiedTokensTests {
    private let clock = TurnedClock()

    private func world() throws -> (CountingVerifier, VerifiedTokens) {
        let verifier = CountingVerifier(clock)
        let expectations = IDTokenExpectations(
            issuer: try Issuer("https://id.example.com"), clientID: try client("c"), nonce: nil, accessToken: nil)
        return (
            verifier,
            VerifiedTokens(verifier: verifier, expectations: expectations, digester: PlainDigester(), time: clock)
        )
    }

    @Test("a token is verified once, by however many it is brought at a time")
    func once() async throws {
        let (verifier, tokens) = try world()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...100 { group.addTask { _ = try await tokens.claims(of: Secret("ada")) } }
            try await group.waitForAll()
        }
        for _ in 1...10 { #expect(try await tokens.claims(of: Secret("ada")).subject == "ada") }
        #expect(await verifier.verifications == 1)
    }

    @Test("a token is not good for longer than it says")
    func expiry() async throws {
        let (verifier, tokens) = try world()
        _ = try await tokens.claims(of: Secret("ada"))
        clock.advance(600 + 61)
        _ = try await tokens.claims(of: Secret("ada"))
        #expect(await verifier.verifications == 2)
    }

    @Test("a bad token is refused each time, and many of them at once do no harm")
    func flood() async throws {
        let (_, tokens) = try world()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 1...200 {
                group.addTask { (try? await tokens.claims(of: Secret("bad"))) == nil }
            }
            for await isRefused in group { #expect(isRefused) }
        }
        #expect(try await tokens.claims(of: Secret("ada")).subject == "ada")
    }
}
