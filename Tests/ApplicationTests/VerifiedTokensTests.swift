import Application
import Domain
import Ports
import Testing

/// A signature is verified once.
struct VerifiedTokensTests {
    private let clock = TurnedClock()
    private let log = ReadableLog()

    private func world() throws -> (CountingVerifier, VerifiedTokens) {
        let verifier = CountingVerifier(clock)
        let expectations = IDTokenExpectations(
            issuer: try Issuer("https://id.example.com"), clientID: try client("c"), nonce: nil, accessToken: nil)
        return (
            verifier,
            VerifiedTokens(
                verifier: verifier, expectations: expectations, digester: PlainDigester(), time: clock, log: log)
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
        #expect(verifier.verificationsAtHand == 1)
    }

    @Test("a token is not good for longer than it says")
    func expiry() async throws {
        let (verifier, tokens) = try world()
        _ = try await tokens.claims(of: Secret("ada"))
        clock.advance(600 + 61)
        _ = try await tokens.claims(of: Secret("ada"))
        #expect(verifier.verificationsAtHand == 2)
    }

    @Test("bad tokens are refused each time; many at once ask the provider one after another")
    func flood() async throws {
        let (verifier, tokens) = try world()
        await withTaskGroup(of: Bool.self) { group in
            for number in 1...200 {
                group.addTask { (try? await tokens.claims(of: Secret("bad \(number)"))) == nil }
            }
            for await isRefused in group { #expect(isRefused) }
        }
        #expect(await verifier.questions == 200)
        #expect(await verifier.mostQuestions == 1)
    }

    @Test(
        "while the provider is asked, a token whose key is at hand waits for nobody; beyond a number others are told so"
    )
    func queue() async throws {
        let (verifier, tokens) = try world()
        await verifier.hold()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0...VerifiedTokens.queue {
                group.addTask { _ = try await tokens.claims(of: Secret("new \(number)")) }
            }
            while await tokens.waitingCount < VerifiedTokens.queue { await Task.yield() }
            #expect(try await tokens.claims(of: Secret("ada")).subject == "ada")
            #expect(verifier.staleAllowances > 0)
            await #expect(throws: IdentityProviderError.crowded(waiting: VerifiedTokens.queue)) {
                try await tokens.claims(of: Secret("new one too many"))
            }
            await verifier.release()
            try await group.waitForAll()
        }
        #expect(await verifier.mostQuestions == 1)
    }

    @Test("after a failure the provider is left alone for a moment, by those who wait and those who come")
    func failure() async throws {
        let (verifier, tokens) = try world()
        let error = IdentityProviderError.outOfOrder(address: "a", status: 503)
        await verifier.fail(error)
        await verifier.hold()
        await withTaskGroup(of: Void.self) { group in
            for number in 1...20 {
                group.addTask {
                    await #expect(throws: error) { try await tokens.claims(of: Secret("new \(number)")) }
                }
            }
            while await tokens.waitingCount < 19 { await Task.yield() }
            await verifier.release()
        }
        await #expect(throws: error) { try await tokens.claims(of: Secret("new")) }
        #expect(await verifier.questions == 1)
        #expect(try await tokens.claims(of: Secret("ada")).subject == "ada")
        // It is told once, and when it is over; how long to wait is what is left of the moment.
        #expect(await tokens.pauseLeft == 3)
        #expect(await !tokens.isProviderWell)
        clock.advance(VerifiedTokens.pause)
        await #expect(throws: error) { try await tokens.claims(of: Secret("new")) }
        #expect(await tokens.statistics.failures == 2)
        await verifier.fail(nil)
        clock.advance(VerifiedTokens.pause)
        #expect(try await tokens.claims(of: Secret("new")).subject == "new")
        #expect(await tokens.isProviderWell)
        let told = log.lines.map { $0.prefix { $0 != "=" } }
        #expect(
            told == [
                "error the identity provider's keys can't be had reason",
                "info the identity provider's keys are there again was",
            ])
    }

    @Test("whoever is told to end does not wait for the provider any more", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        let (verifier, tokens) = try world()
        await verifier.hold()
        let waiting = Task { try await tokens.claims(of: Secret("new")) }
        while await verifier.questions == 0 { await Task.yield() }
        waiting.cancel()
        await #expect(throws: IdentityProviderError.http(.cancelled)) { try await waiting.value }
        // The others still get what the provider says.
        await verifier.release()
        #expect(try await tokens.claims(of: Secret("new")).subject == "new")
        #expect(await verifier.questions == 1)
    }
}
