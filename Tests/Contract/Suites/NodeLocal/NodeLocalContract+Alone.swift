import Domain
import Files
import Ports
import StoreProbe
import Testing

/// What a host does while the shared store is out of reach, and what becomes of it afterwards.
extension NodeLocalContract {
    @Test("a host that is cut off goes on alone, with one warning, and publishes at the next contact")
    func alone() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        let told = Told()
        let cut = store("a", before: BrokenStore(), told)
        let produced = try await cut.publish(key) { production throws(ProductionStop) in
            #expect(try production.orStop { try $0.newest() }?.tokens.access == "access-old")
            try production.orStop { try $0.checkpoint(MadeUp.tokens("old", refresh: "rotated", expiry: 1000)) }
            return TokenStoreContract.over("alone")
        }
        #expect(produced.unstored == nil)
        #expect(told.warned.count == 1)
        #expect(told.warned.first?.contains("out of reach") == true)
        #expect(try shared.store().read(key)?.tokens.access == "access-old")

        #expect(try await newest(on: host("a"))?.tokens.access == "access-alone")
        #expect(try shared.store().read(key)?.tokens.access == "access-alone", "published upwards")
        #expect(try await newest(on: host("b"))?.tokens.access == "access-alone")
    }

    @Test("a refresh token that rotated while a host was alone is not lost to live tokens of before")
    func ahead() async throws {
        try await host("a").store().publish(TokenStoreContract.live("one"), key)
        try await store("a", before: BrokenStore()).publish(TokenStoreContract.over("alone"), key)
        _ = try await host("a").store().produceUnlessLive(key) { production throws(ProductionStop) in
            #expect(try production.orStop { try $0.newest() }?.tokens.refresh == "refresh-alone")
            return TokenStoreContract.live("two", refresh: "alone")
        }
        #expect(try shared.store().read(key)?.tokens.access == "access-two")
    }

    @Test("what was refreshed alone gives way where the shared store has changed meanwhile")
    func overtaken() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        try await store("a", before: BrokenStore()).publish(TokenStoreContract.over("alone"), key)
        try await host("b").store().publish(TokenStoreContract.over("newer"), key)
        #expect(try await newest(on: host("a"))?.tokens.access == "access-newer")
        #expect(try shared.store().read(key)?.tokens.access == "access-newer")
    }

    @Test(
        "trouble in the shared store that stays leaves the host alone, unless a token may have been sent",
        arguments: [false, true])
    func troubled(spends: Bool) async throws {
        let store = store("a", before: TroubledStore())
        let body = { @Sendable (production: any TokenProduction) async throws(ProductionStop) -> TokenSet in
            do {
                if spends { _ = try await production.spend(Secret("refresh-old")) }
                try production.reserve()
            } catch {
                throw ProductionStop(error)
            }
            return TokenStoreContract.live("alone")
        }
        if spends {
            await #expect(throws: TokenStoreError.self) { try await store.produceUnlessLive(key, .refresh, body) }
        } else {
            #expect(try await store.produceUnlessLive(key, .refresh, body).tokens.access == "access-alone")
        }
    }

    @Test("a store that fails in the middle of a production leaves the host with what it made, to be published later")
    func lostInBetween() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        let shared = BreakingStore(shared.store())
        let told = Told()
        try await store("a", before: shared, told).publish(key) { production throws(ProductionStop) in
            #expect(try production.orStop { try $0.newest() }?.tokens.access == "access-old")
            shared.breakDown()
            try production.orStop { try $0.checkpoint(MadeUp.tokens("old", refresh: "rotated", expiry: 1000)) }
            return TokenStoreContract.over("alone")
        }
        #expect(told.warned.count == 1)
        #expect(try await newest(on: host("a"))?.tokens.access == "access-alone")
        #expect(try self.shared.store().read(key)?.tokens.access == "access-alone")
    }

    @Test(
        "where the shared store can be reached but keeps no successor, its refresh token is not spent, but one made here is",
        arguments: [false, true])
    func full(keepsRight: Bool) async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        let full = FullStore(store: shared.store(), keepsRight: keepsRight)
        let told = Told()
        try await store("a", before: full, told).publish(key) { production throws(ProductionStop) in
            do {
                #expect(try await production.spend(Secret("refresh-old")) == .spent)
                // A sign-in spends nothing, and this host can keep what comes of it.
                try production.reserve()
            } catch {
                throw ProductionStop(error)
            }
            return TokenStoreContract.over("signed in")
        }
        #expect(told.warned.count == 1)
        try await store("a", before: full, told).publish(key) { production throws(ProductionStop) in
            let newest = try? production.newest()
            #expect(newest?.tokens.refreshToken == Secret("refresh-signed in"))
            let spending = try? await production.spend(Secret("refresh-signed in"))
            #expect(spending != nil && spending != .spent)
            return TokenStoreContract.over("renewed")
        }
    }

    @Test(
        "a refresh token whose answer was lost is sent by no other host; one that was kept is",
        arguments: [true, false])
    func unanswered(isKept: Bool) async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        _ = try? await host("a").store().publish(key) { production throws(ProductionStop) in
            do { _ = try await production.spend(Secret("refresh-old")) } catch { throw ProductionStop(error) }
            if isKept { production.keep(Secret("refresh-old")) }
            throw ProductionStop(NoLuck())
        }
        for name in ["a", "b"] {
            #expect(try await newest(on: host(name))?.isRefreshTokenRefused == !isKept)
        }
    }
}
