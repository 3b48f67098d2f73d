import CSQLite
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
    /// What only a store in a database has to keep.
    @Suite("Databases")
    struct Databases {
        let key: TokenKey
        init() throws { key = try MadeUp.key() }

        @Test("one that is damaged, or none at all, is refused with what to do", arguments: [true, false])
        func damaged(_ isWhole: Bool) async throws {
            let place = Place(.sqlite)
            try await place.store().publish(TokenStoreContract.live("one"), key)
            var bytes = try #require(OnDisk.bytes(place.record(key)))
            let damaged = isWhole ? 100..<bytes.count : 0..<bytes.count
            bytes.replaceSubrange(damaged, with: repeatElement(0xa5, count: damaged.count))
            try OnDisk.write(place.record(key), bytes)
            await expectRefusal(place, "damaged", remedy: "Move it away")
        }

        @Test("one that a newer version made is refused, and stays as it is")
        func newer() async throws {
            let place = Place(.sqlite)
            try await place.store().publish(TokenStoreContract.live("one"), key)
            run("PRAGMA user_version = 7", in: place)
            let bytes = OnDisk.bytes(place.record(key))
            await expectRefusal(place, "a newer aws-oidc made it (format 7", remedy: "--cache")
            #expect(OnDisk.bytes(place.record(key)) == bytes)
        }

        @Test("another program's database is refused, and stays as it is")
        func anothers() async throws {
            let place = Place(.sqlite)
            OnDisk.makeFolder(place.folder)
            run("CREATE TABLE bookmarks (address TEXT)", in: place)
            let bytes = OnDisk.bytes(place.record(key))
            await expectRefusal(place, "another program", remedy: "--cache")
            #expect(OnDisk.bytes(place.record(key)) == bytes)
        }

        @Test("a record that does not decode counts as none, and production goes on")
        func damagedRow() async throws {
            let place = Place(.sqlite)
            try await place.store().publish(TokenStoreContract.live("one"), key)
            run("UPDATE tokens SET record = x'00ff'", in: place)
            #expect(try place.store().read(key) == nil)
            #expect(place.store().damage(key) != nil)
            try await place.store().publish(TokenStoreContract.live("two"), key)
            #expect(place.told.warned.map { $0.contains("could not be read") } == [true])
            #expect(place.store().damage(key) == nil)
            #expect(try place.store().read(key)?.tokens.access == "access-two")
        }

        @Test("a file that others may read is tightened; one that they may write to, and a link, are refused")
        func modes() async throws {
            let place = Place(.sqlite)
            try await place.store().publish(TokenStoreContract.live("one"), key)
            chmod(place.record(key), 0o644)
            #expect(try place.store().read(key)?.tokens.access == "access-one")
            #expect(OnDisk.mode(place.record(key)) == 0o600)
            chmod(place.record(key), 0o666)
            await expectRefusal(place, "others can write to it", remedy: "Remove it")
            unlink(place.record(key))
            symlink("/dev/null", place.record(key))
            await expectRefusal(place, "it is a link", remedy: "Remove it")
        }

        @Test("what was removed or replaced is nowhere in the folder any more", arguments: [true, false])
        func overwritten(_ isReplaced: Bool) async throws {
            let place = Place(.sqlite)
            try await place.store().publish(TokenStoreContract.live("one"), key)
            // From the middle of the record: what is the same in all of them is no sign.
            let coded = Array(record(in: place).dropFirst(100).prefix(64))
            try #require(coded.count == 64)
            #expect(holds(place, coded))
            if isReplaced { try await place.store().publish(TokenStoreContract.live("two"), key) }
            try place.store().remove(key)
            #expect(!holds(place, coded))
        }

        @Test("sixteen processes make one database of an empty folder, with a key each")
        func beginnings() async throws {
            let place = Place(.sqlite)
            let all = try (0..<16).map { try place.probe("produce", "client=client-\($0)", "token=\($0)") }
            for (number, one) in all.enumerated() {
                #expect(await one.rest() == "access-\(number) refresh-\(number)")
            }
            for number in 0..<16 {
                let read = try place.store().read(try MadeUp.key(client: "client-\(number)"))
                #expect(read?.tokens.access == "access-\(number)")
            }
        }

        /// Whether any file of the folder has these bytes in it.
        private func holds(_ place: Place, _ bytes: [UInt8]) -> Bool {
            OnDisk.names(place.folder).contains { name in
                let file = OnDisk.bytes(place.folder + "/" + name) ?? []
                return file.indices.contains { file[$0...].starts(with: bytes) }
            }
        }

        private func expectRefusal(_ place: Place, _ reason: String, remedy: String) async {
            let errors = [
                #expect(throws: TokenStoreError.self) { try place.store().read(key) },
                await #expect(throws: TokenStoreError.self) {
                    try await place.store().publish(TokenStoreContract.live("two"), key)
                },
                #expect(throws: TokenStoreError.self) { try place.store().remove(key) },
            ]
            for error in errors {
                let line = error.map { "\($0)" } ?? ""
                #expect(line.contains(reason) && line.contains(remedy) && line.contains(place.folder), "\(line)")
            }
        }

        /// The bytes of the only record.
        private func record(in place: Place) -> [UInt8] {
            var (handle, statement): (OpaquePointer?, OpaquePointer?)
            #expect(sqlite3_open(place.record(key), &handle) == SQLITE_OK)
            defer { sqlite3_close(handle) }
            sqlite3_prepare_v2(handle, "SELECT record FROM tokens", -1, &statement, nil)
            defer { sqlite3_finalize(statement) }
            guard sqlite3_step(statement) == SQLITE_ROW else { return [] }
            let count = Int(sqlite3_column_bytes(statement, 0))
            return Array(UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, 0), count: count))
        }

        /// Runs a statement in the database, past the store.
        private func run(_ statement: String, in place: Place) {
            var handle: OpaquePointer?
            #expect(sqlite3_open(place.record(key), &handle) == SQLITE_OK)
            #expect(sqlite3_exec(handle, statement, nil, nil, nil) == SQLITE_OK)
            sqlite3_close(handle)
        }
    }
}
