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
    @Suite("Damage")
    struct Damage {
        let key: TokenKey
        init() throws { key = try MadeUp.key() }

        static let damages: [(String, @Sendable ([UInt8]) -> [UInt8])] = [
            ("empty", { _ in [] }),
            ("cut off", { Array($0.prefix($0.count / 2)) }),
            ("without its last byte", { $0.dropLast() }),
            ("garbage", { _ in Array("not a record at all".utf8) }),
            ("gzip of garbage", { _ in GoRecord.gzip(Array("%%%".utf8)) }),
            ("zeros", { Array(repeating: 0, count: $0.count) }),
            ("far too large", { _ in Array(repeating: 7, count: 3 << 20) }),
        ]

        @Test(
            "a record that does not decode counts as none, is set aside, and production goes on",
            arguments: [Backend.file], damages.indices)
        func damaged(_ backend: Backend, _ index: Int) async throws {
            let place = Place(backend)
            try await place.store().publish(TokenStoreContract.live("one"), key)
            let damaged = Self.damages[index].1(try #require(OnDisk.bytes(place.record(key))))
            try OnDisk.write(place.record(key), damaged, mode: 0o644)
            #expect(try place.store().read(key) == nil)
            let produced = try await place.store().produceUnlessLive(key) { production throws(ProductionStop) in
                #expect(try production.orStop { try $0.newest() } == nil)
                return TokenStoreContract.live("two")
            }
            #expect(produced.unstored == nil)
            #expect(try place.store().read(key)?.tokens.access == "access-two")
            #expect(OnDisk.bytes(place.record(key) + ".damaged") == damaged)
            #expect(OnDisk.mode(place.record(key) + ".damaged") == 0o600)
        }

        @Test(
            "a damaged record is named to who looks, and to who puts another in its place",
            arguments: [Backend.file, .nfs])
        func named(_ backend: Backend) async throws {
            let place = Place(backend)
            try await place.store().publish(TokenStoreContract.live("one"), key)
            let path = backend == .file ? place.record(key) : place.record(key) + ".d/record.1"
            try OnDisk.write(path, Array("not a record at all".utf8))
            guard case .unusable(path, _, _) = place.store().damage(key) else {
                Issue.record("\(String(describing: place.store().damage(key)))")
                return
            }
            try await place.store().publish(TokenStoreContract.live("two"), key)
            #expect(place.told.warned.map { $0.contains("\(path) could not be read") } == [true])
            #expect(place.store().damage(key) == nil)
        }

        @Test("a record that is whole is never set aside", arguments: Backend.withGo)
        func whole(_ backend: Backend) async throws {
            let place = Place(backend)
            try place.writeLikeGo("go", key)
            try await place.store().publish(TokenStoreContract.live("two"), key)
            #expect(OnDisk.mode(place.record(key) + ".damaged") == nil)
        }

        @Test(
            "a folder or a pipe in the record's place is told, and stops nobody for ever", arguments: Backend.withGo,
            [true, false])
        func noFile(_ backend: Backend, _ isFolder: Bool) async throws {
            let place = Place(backend)
            OnDisk.makeFolder(place.folder)
            if isFolder { OnDisk.makeFolder(place.record(key)) } else { mkfifo(place.record(key), 0o600) }
            let error = #expect(throws: TokenStoreError.self) { try place.store().read(key) }
            guard case .refused(let path, let reason, _) = error else {
                Issue.record("not refused: \(String(describing: error))")
                return
            }
            #expect(path == place.record(key))
            #expect(reason == "it is no regular file")
            await #expect(throws: TokenStoreError.self) {
                try await place.store().publish(TokenStoreContract.live("two"), key)
            }
        }

        static let states = [
            "", "generation=", "generation=18446744073709551615\n", "generation=-1\nremoved=2\n", "\u{0}\u{0}\u{0}",
            "generation=99999999999999999999999999999\nrecord=\nremoved=1\ncheckpoint=1\nrefused=\n",
            "====\n=\n\n\n", String(repeating: "x", count: 3 << 20),
        ]

        @Test("a damaged state costs no more than what it knew", arguments: Backend.inFiles, states.indices)
        func state(_ backend: Backend, _ index: Int) async throws {
            let place = Place(backend)
            try await place.store().publish(TokenStoreContract.live("one"), key)
            try OnDisk.write(place.record(key) + ".state", Array(Self.states[index].utf8))
            #expect(try place.store().read(key)?.tokens.access == "access-one")
            let produced = try await place.store().publish(TokenStoreContract.live("two"), key)
            #expect(produced.unstored == nil)
            #expect(try place.store().read(key)?.tokens.access == "access-two")
            try place.store().remove(key)
            #expect(try place.store().read(key) == nil)
        }

        @Test(
            "a state that is lost makes no removed record live again, and no live one unreadable",
            arguments: Backend.inFiles)
        func lostState(_ backend: Backend) async throws {
            let place = Place(backend)
            try await place.store().publish(TokenStoreContract.live("one"), key)
            unlink(place.record(key) + ".state")
            #expect(try place.store().read(key)?.tokens.access == "access-one")
            try place.store().remove(key)
            unlink(place.record(key) + ".state")
            #expect(try place.store().read(key) == nil)
        }
    }
}
