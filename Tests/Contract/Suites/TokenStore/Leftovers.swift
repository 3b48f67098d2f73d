import Ports
import StoreProbe
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension TokenStoreContract {
    @Suite("What those who died have left")
    struct Leftovers {
        @Test("a second name of the database, left by who made it, goes; a file that is being made stays")
        func databaseName() async throws {
            let place = Place(.sqlite)
            let key = try MadeUp.key()
            try await place.store().publish(TokenStoreContract.live("old"), key)
            let (left, growing) = (place.record(key) + ".new.1.1", place.record(key) + ".new.2.2")
            #expect(link(place.record(key), left) == 0)
            try OnDisk.write(growing, [])
            try await place.store().publish(TokenStoreContract.live("new"), key)
            #expect(OnDisk.mode(left) == nil)
            #expect(OnDisk.mode(growing) != nil)
            #expect(try place.store().read(key)?.tokens.access == "access-new")
        }

        @Test("the unfinished file of another host's process goes once it is old", arguments: Backend.inFiles)
        func elsewhere(_ backend: Backend) async throws {
            let (place, key) = (Place(backend), try MadeUp.key())
            try await place.store().publish(TokenStoreContract.live("old"), key)
            let (old, recent) = (place.record(key) + ".new.another.1.7", place.record(key) + ".new.another.2.7")
            for path in [old, recent] { try OnDisk.write(path, []) }
            let past = timespec(tv_sec: time(nil) - 2 * 86_400, tv_nsec: 0)
            #expect(utimensat(AT_FDCWD, old, [past, past], 0) == 0)
            try await place.store().publish(TokenStoreContract.live("new"), key)
            #expect(OnDisk.mode(old) == nil)
            #expect(OnDisk.mode(recent) != nil)
        }

        @Test("the other tool's lock that somebody was about to write goes", arguments: Backend.inFiles)
        func lock(_ backend: Backend) async throws {
            let place = Place(backend)
            let producer = try place.probe("produce", "hold")
            #expect(await producer.line() == "in body")
            // As the producer would have left its own: the same place, and its number.
            let lock = OnDisk.names(place.folder).first { $0.hasSuffix(".lock") } ?? ""
            producer.signal(SIGKILL)
            _ = await producer.end()
            let mark = await ProcessMark.of(try place.probe("produce", "force", "reserve", "hold"), in: place)
            let left = "\(lock).new.\(mark).\(producer.pid).7"
            try OnDisk.write(place.folder + "/" + left, [])
            try await place.store().publish(TokenStoreContract.live("new"), try MadeUp.key())
            #expect(!OnDisk.names(place.folder).contains(left))
        }
    }
}

/// How a process marks its unfinished files: which start of which host it is of.
private enum ProcessMark {
    /// The mark in the names of what this process, which stands in its body, has set aside; then it is ended.
    static func of(_ process: ChildProcess, in place: Place) async -> String {
        _ = await process.line()
        let name = OnDisk.names(place.folder).first { $0.contains(".new.") } ?? ""
        process.signal(SIGKILL)
        _ = await process.end()
        let parts = name.split(separator: ".")
        return parts.firstIndex(of: "new").map { String(parts[$0 + 1]) } ?? ""
    }
}
