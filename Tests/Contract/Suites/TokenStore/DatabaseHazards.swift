import CSQLite
import Domain
import Files
import OpenSSL
import Ports
import SQLite
import StoreProbe
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension TokenStoreContract {
    /// What may befall a database while it is in use.
    @Suite("Hazards of databases")
    struct DatabaseHazards {
        let key: TokenKey
        init() throws { key = try MadeUp.key() }

        @Test("while another process keeps it from being written, what is there is read, and nothing is spent")
        func writeLocked() async throws {
            let place = Place(.sqlite)
            try await place.store().publish(TokenStoreContract.over("one"), key)
            var other: OpaquePointer?
            #expect(sqlite3_open(place.record(key), &other) == SQLITE_OK)
            defer { sqlite3_close(other) }
            #expect(sqlite3_exec(other, "BEGIN EXCLUSIVE", nil, nil, nil) == SQLITE_OK)
            #expect(try place.store().read(key)?.tokens.access == "access-one")
            // Ten seconds that would hold up every other test here are another process's.
            let log = place.workspace.path("productions")
            let line = await (try place.probe("produce", "force", "reserve", "log=\(log)")).rest()
            #expect(line.hasPrefix("error") && line.contains("another process has held it locked"), "\(line)")
            #expect(OnDisk.lines(log) == [], "the body went on")
            sqlite3_exec(other, "ROLLBACK", nil, nil, nil)
            try await place.store().publish(TokenStoreContract.live("two"), key)
            #expect(try place.store().read(key)?.tokens.access == "access-two")
        }

        @Test("in a folder that is refused, such as on a network file system, nothing is made, opened or removed")
        func refusedFolder() async throws {
            let place = Place(.sqlite)
            try await place.store().publish(TokenStoreContract.live("one"), key)
            let before = OnDisk.bytes(place.record(key))
            let store = SQLiteTokenStore(
                folder: NetworkFolder(path: place.folder), name: Place.database,
                limits: ProductionLimits(refresh: 1, signIn: 1), coding: GoTokenCoding(),
                digester: OpenSSLCryptography(), time: SkewedClock(), notices: place.told)
            let errors = [
                #expect(throws: TokenStoreError.self) { try store.read(key) },
                await #expect(throws: TokenStoreError.self) {
                    try await store.publish(TokenStoreContract.live("two"), key)
                },
                #expect(throws: TokenStoreError.self) { try store.remove(key) },
            ]
            for error in errors { #expect(error.map { "\($0)" }?.contains("no place for it") == true) }
            #expect(OnDisk.bytes(place.record(key)) == before)
        }

        @Test("producers that are killed at any moment leave a whole record, and the next one goes on")
        func killed() async throws {
            let place = Place(.sqlite)
            var last = 0
            for round in 1...60 {
                let began = SkewedClock().uptime()
                let producer = try place.probe("churn", "first=\(last + 1)")
                #expect(await producer.line() == "churning", "round \(round): the one before has left it stuck")
                // As long as it took to start and to produce once: from here on it produces a few times.
                await SkewedClock().sleep(seconds: .random(in: 0...SkewedClock().uptime() - began))
                producer.signal(SIGKILL)
                #expect(await producer.end() == -SIGKILL)
                let tokens = try #require(try place.store().read(key)).tokens
                let number = try #require(tokens.refresh.flatMap { Int($0.dropFirst("refresh-".count)) })
                // Whole: a record or a checkpoint, and none that is older than what was there before.
                #expect(tokens.access == "access-\(number)" || tokens.access == "access-half", "\(tokens.access)")
                #expect(number > last)
                last = number
            }
            #expect(try integrity(place) == "ok")
        }

        @Test("one that reads again and again sees what others write, another file in its place, and none")
        func readAgain() async throws {
            let place = Place(.sqlite)
            let reader = place.store()
            #expect(try reader.read(key) == nil)
            for name in ["one", "two"] {
                try await place.store().publish(TokenStoreContract.live(name), key)
                #expect(try reader.read(key)?.tokens.access == "access-\(name)")
            }
            let record = place.record(key)
            #expect(rename(record, record + ".damaged") == 0)
            #expect(try reader.read(key) == nil)
            try await place.store().publish(TokenStoreContract.live("three"), key)
            #expect(try reader.read(key)?.tokens.access == "access-three")
            #expect(rename(record, record + ".damaged") == 0)
            // Read by one that still has the former file open while the new one's log is in use.
            try await place.store().publish(TokenStoreContract.live("four"), key)
            #expect(try reader.read(key)?.tokens.access == "access-four")
            try await place.store().publish(TokenStoreContract.live("five"), key)
            #expect(try place.store().read(key)?.tokens.access == "access-five")
            try place.store().remove(key)
            #expect(try reader.read(key) == nil)
            #expect(try reader.isRemoved(key))
            #expect(try integrity(place) == "ok")
        }

        private func integrity(_ place: Place) throws -> String {
            var (handle, statement): (OpaquePointer?, OpaquePointer?)
            #expect(sqlite3_open(place.record(key), &handle) == SQLITE_OK)
            defer { sqlite3_close(handle) }
            sqlite3_prepare_v2(handle, "PRAGMA integrity_check", -1, &statement, nil)
            defer { sqlite3_finalize(statement) }
            guard sqlite3_step(statement) == SQLITE_ROW, let text = sqlite3_column_text(statement, 0) else { return "" }
            return String(cString: text)
        }
    }
}

/// A folder that will not do.
private struct NetworkFolder: StoreFolder {
    let path: String

    var isThere: Bool { true }

    func ensure() throws(TokenStoreError) {
        throw .refused(path: path, reason: "no place for it", remedy: "Another one.")
    }

    func makeFile(_ name: String) throws(TokenStoreError) { Issue.record("made \(name)") }

    func hasFile(_ name: String) throws(TokenStoreError) -> Bool {
        Issue.record("looked for \(name)")
        return true
    }

    func right(_ name: String) -> any ProductionRight {
        FileStoreFolder(path: path, hostName: "host", time: SkewedClock()).right(name)
    }
}
