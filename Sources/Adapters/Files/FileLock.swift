#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A lock of flock(2) on a file of its own, which nobody removes but who holds it; given back when the last owner goes, or
/// dies.
final class FileLock: Sendable {
    private let path: String
    private let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Takes the lock if nobody has it; nil where somebody does.
    ///
    /// The file that was locked must still be the one that has the name: else somebody replaced it, and it is tried anew.
    static func take(_ path: String) throws(FileFailure) -> FileLock? {
        while true {
            let descriptor = try Posix.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let code = errno
                close(descriptor)
                if code == EINTR { continue }
                if code == EWOULDBLOCK { return nil }
                throw FileFailure(path: path, code: code)
            }
            var locked = stat()
            var named = stat()
            if fstat(descriptor, &locked) == 0, lstat(path, &named) == 0, locked.st_ino == named.st_ino,
                locked.st_dev == named.st_dev
            {
                return FileLock(path: path, descriptor: descriptor)
            }
            close(descriptor)
        }
    }

    /// Takes a lock that is only ever held for moments, waiting up to `seconds` for it; nil where that was not enough.
    static func takeSoon(_ path: String, within seconds: Double) throws(FileFailure) -> FileLock? {
        let pause = 0.002
        for _ in 0...Int(seconds / pause) {
            if let lock = try take(path) { return lock }
            // flock(2) waits for ever or not at all.
            usleep(useconds_t(pause * 1_000_000))
        }
        return nil
    }

    /// Does that under the lock, if nobody else does, or has done so within so many seconds before that uptime.
    static func onceInAWhile(_ path: String, _ seconds: Double, at uptime: Double, _ body: () -> Void) {
        guard let lock = (try? take(path)) ?? nil else { return }
        // What was noted before the machine was started is of a time that is yet to come.
        if let last = note(at: path).flatMap({ Double($0) }), last <= uptime, uptime - last < seconds { return }
        lock.note("\(uptime)")
        withExtendedLifetime(lock) { body() }
    }

    /// Writes down for others what the holder does; it may fail without a word.
    func note(_ text: String) {
        try? Posix.writeAll(descriptor, path, Array(text.utf8))
    }

    /// What the holder of a lock wrote down.
    static func note(at path: String) -> String? {
        guard let descriptor = try? Posix.open(path, O_RDONLY | O_NOFOLLOW) else { return nil }
        defer { close(descriptor) }
        return (try? Posix.readAll(descriptor, path, limit: 4096)).map { String(decoding: $0, as: UTF8.self) }
    }
}
