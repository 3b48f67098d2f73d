import Domain
import Ports
import StoreProbe
import Testing

extension TokenStoreContract {
    @Suite("Reading and publishing")
    struct Reading {
        let key: TokenKey
        init() throws { key = try MadeUp.key() }

        @Test(
            "where nothing was stored there is nothing, and no folder is made for the look", arguments: Backend.allCases
        )
        func empty(_ backend: Backend) throws {
            let place = Place(backend)
            #expect(try place.store().read(key) == nil)
            #expect(OnDisk.mode(place.folder) == nil)
        }

        @Test("what was produced is read back whole, by this process and by others", arguments: Backend.allCases)
        func roundTrip(_ backend: Backend) async throws {
            let place = Place(backend)
            var tokens = TokenStoreContract.live("one")
            tokens.refreshTokenExpiry = Timestamp(seconds: TokenStoreContract.soon(90_000))
            tokens.refreshGivesIDToken = false
            let made = tokens
            let produced = try await place.store().produceUnlessLive(key) { _ in made }
            #expect(produced.unstored == nil)
            let read = try #require(try place.store().read(key))
            #expect(read.tokens == tokens)
            #expect(!read.isRefreshTokenRefused)
            #expect(await (try place.probe("read")).rest() == "access-one refresh-one")
        }

        @Test("each record's number is higher than that of the one before", arguments: Backend.withMemory)
        func numbers(_ backend: Backend) async throws {
            let place = Place(backend)
            var last: UInt64 = 0
            for name in ["a", "b", "c"] {
                try await place.store().publish(TokenStoreContract.live(name), key)
                let read = try #require(try place.store().read(key))
                #expect(read.tokens.access == "access-" + name)
                #expect(read.generation > last)
                last = read.generation
            }
            try place.store().remove(key)
            try await place.store().publish(TokenStoreContract.live("d"), key)
            #expect(try #require(try place.store().read(key)).generation > last)
        }

        @Test("a record that the Go tool wrote in place is the newest", arguments: Backend.withGo)
        func goTool(_ backend: Backend) async throws {
            let place = Place(backend)
            try place.writeLikeGo("go1", key)
            let first = try #require(try place.store().read(key))
            #expect(first.tokens.access == "access-go1")
            try await place.store().publish(TokenStoreContract.live("ours"), key)
            let second = try #require(try place.store().read(key))
            #expect(second.generation > first.generation)
            try place.writeLikeGo("go2", key)
            let third = try #require(try place.store().read(key))
            #expect(third.tokens.access == "access-go2")
            #expect(third.tokens.refresh == "refresh-go2")
            #expect(third.generation > second.generation)
            // And it is enough for whoever asks.
            let taken = try await place.store().produceUnlessLive(key) { _ throws(ProductionStop) in
                throw ProductionStop(NoLuck())
            }
            #expect(taken.tokens.access == "access-go2")
        }

        @Test("readers see one whole record after the other while sixty are published", arguments: Backend.withMemory)
        func neverTorn(_ backend: Backend) async throws {
            let place = Place(backend)
            let key = key
            try await place.store().publish(TokenStoreContract.live("0"), key)
            let isOver = Shared(false)
            async let readers: Void = withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let store = place.store()
                        while !isOver.value {
                            let tokens = try #require(try store.read(key)).tokens
                            let name = tokens.access.dropFirst("access-".count)
                            #expect(tokens.refresh == "refresh-" + name)
                            #expect(
                                tokens.idToken.revealed
                                    == MadeUp.idToken(
                                        String(name), expiry: tokens.accessTokenExpiry.seconds))
                            await Task.yield()
                        }
                    }
                }
                try await group.waitForAll()
            }
            for number in 1...60 { try await place.store().publish(TokenStoreContract.live("\(number)"), key) }
            isOver.change { $0 = true }
            try await readers
            #expect(try place.store().read(key)?.tokens.access == "access-60")
        }

        @Test("keys don't disturb each other", arguments: Backend.withMemory)
        func keys(_ backend: Backend) async throws {
            let place = Place(backend)
            let other = try MadeUp.key(client: "other-client")
            let (mine, entered, leave) = (key, Gate(), Gate())
            try await place.store().publish(TokenStoreContract.live("mine"), mine)
            async let production = place.store().publish(other) { _ throws(ProductionStop) in
                entered.open()
                await leave.pass()
                return TokenStoreContract.live("theirs")
            }
            await entered.pass()
            // The other key's right is held, and this one's can be had.
            try await place.store().publish(TokenStoreContract.live("mine again"), mine)
            try place.store().remove(mine)
            leave.open()
            #expect(try await production.unstored == nil)
            #expect(try place.store().read(other)?.tokens.access == "access-theirs")
            #expect(try place.store().read(mine) == nil)
        }

        @Test("nothing is readable by anyone but its owner", arguments: Backend.allCases)
        func modes(_ backend: Backend) async throws {
            let place = Place(backend)
            _ = try await place.store().produceUnlessLive(key) { production throws(ProductionStop) in
                try production.orStop { try $0.reserve() }
                try production.orStop { try $0.checkpoint(TokenStoreContract.over("half")) }
                try production.orStop { try $0.noteRefused(Secret("refresh-half")) }
                #expect(OnDisk.openToOthers(place.folder) == [])
                return TokenStoreContract.live("one")
            }
            #expect(OnDisk.mode(place.folder) == 0o700)
            #expect(OnDisk.openToOthers(place.folder) == [])
            #expect(OnDisk.names(place.folder).contains(place.name(key)))
            #expect(place.leftovers == [], "no half-written file stays")
        }
    }
}

extension TokenStore {
    /// Produces by a body, whatever is there.
    @discardableResult
    func publish(
        _ key: TokenKey, _ body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        try await produce(
            key, .refresh, waitingUntil: nil, isEnough: { _ in false }, isRight: { _ in false }, body: body)
    }
}
