import Domain
import Ports
import StoreProbe
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension TokenStoreContract {
    @Suite("Removing")
    struct Removing {
        let key: TokenKey
        init() throws { key = try MadeUp.key() }

        @Test(
            "what is removed is gone, twice is no error, and nothing to remove needs no folder",
            arguments: Backend.allCases)
        func gone(_ backend: Backend) async throws {
            let place = Place(backend)
            try place.store().remove(key)
            #expect(OnDisk.mode(place.folder) == nil)
            #expect(try !place.store().isRemoved(key))
            try await place.store().publish(TokenStoreContract.live("one"), key)
            #expect(try !place.store().isRemoved(key))
            try place.store().remove(key)
            #expect(try place.store().isRemoved(key))
            #expect(try place.store().read(key) == nil)
            try place.store().remove(key)
            if Backend.withGo.contains(backend) {
                #expect(OnDisk.mode(place.record(key)) == nil)
                try place.writeLikeGo("go", key)
                try place.store().remove(key)
                #expect(try place.store().read(key) == nil)
            }
            try await place.store().publish(TokenStoreContract.live("two"), key)
            #expect(try place.store().read(key)?.tokens.access == "access-two")
        }

        @Test(
            "a removal wins over a production under way, and over its checkpoint", arguments: Backend.withMemory,
            [true, false])
        func wins(_ backend: Backend, _ hadRecord: Bool) async throws {
            let (place, key) = (Place(backend), key)
            if hadRecord { try await place.store().publish(TokenStoreContract.over("old"), key) }
            let produced = try await place.store().publish(key) { production throws(ProductionStop) in
                try production.orStop { try $0.checkpoint(TokenStoreContract.over("first")) }
                try production.orStop { _ in try place.store().remove(key) }
                try production.orStop { try $0.checkpoint(TokenStoreContract.over("second")) }
                #expect(try production.orStop { _ in try place.store().read(key) } == nil)
                return TokenStoreContract.live("late")
            }
            #expect(produced.tokens.access == "access-late", "its own caller gets it")
            #expect(try place.store().read(key) == nil)
        }

        @Test("a removal wins even if the producer looks at the store once more", arguments: Backend.withMemory)
        func looksAgain(_ backend: Backend) async throws {
            let (place, key) = (Place(backend), key)
            try await place.store().publish(TokenStoreContract.over("old"), key)
            try await place.store().publish(key) { production throws(ProductionStop) in
                try production.orStop { _ in try place.store().remove(key) }
                #expect(try production.orStop { try $0.newest() } == nil)
                return TokenStoreContract.live("late")
            }
            #expect(try place.store().read(key) == nil)
            try await place.store().publish(TokenStoreContract.live("next"), key)
            #expect(try place.store().read(key)?.tokens.access == "access-next")
        }

        @Test("what a producer that was killed left half written goes with a removal", arguments: Backend.allCases)
        func leftovers(_ backend: Backend) async throws {
            let place = Place(backend)
            let producer = try place.probe("produce", "reserve", "checkpoint=rotated", "hold")
            #expect(await producer.line() == "in body")
            producer.signal(SIGKILL)
            _ = await producer.end()
            try place.store().remove(key)
            #expect(place.leftovers == [])
        }

        @Test("a node-local removal acts on both stores, and the local one is not filled again")
        func both() async throws {
            let place = Place(.nodeLocal)
            let shared = try #require(sharedStore(place))
            try await shared.publish(TokenStoreContract.live("shared"), key)
            #expect(try place.store().read(key)?.tokens.access == "access-shared")
            try place.store().remove(key)
            #expect(try shared.read(key) == nil)
            #expect(try place.store().read(key) == nil)
        }

        @Test("where the shared store can't be written, the local tokens go all the same, and it is told")
        func sharedUnwritable() async throws {
            let place = Place(.nodeLocal)
            try await place.store().publish(TokenStoreContract.live("local"), key)
            // Another's, or a file: in any case nothing that a removal may touch.
            rename(place.sharedFolder, place.sharedFolder + ".away")
            try OnDisk.write(place.sharedFolder, [1])
            #expect(throws: TokenStoreError.self) { try place.store().remove(key) }
            #expect(OnDisk.mode(place.record(key)) == nil)
        }

        private func sharedStore(_ place: Place) -> (any TokenStore)? {
            Place(.file, folder: place.sharedFolder, workspace: place.workspace).store()
        }
    }
}
