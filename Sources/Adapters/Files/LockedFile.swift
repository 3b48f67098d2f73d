#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An open file under a lock of its own, so that nobody who takes it too replaces it meanwhile.
final class LockedFile: Sendable {
    let status: stat
    private let path: String
    private let descriptor: Int32

    private init(_ descriptor: Int32, _ path: String, _ status: stat) {
        (self.descriptor, self.path, self.status) = (descriptor, path, status)
    }

    deinit { close(descriptor) }

    /// Locks the file that has this name; nil where somebody else held on to it for that long.
    static func take(_ path: String, within seconds: Double) throws(FileFailure) -> LockedFile? {
        let pause = 0.01
        for _ in 0...Int(seconds / pause) {
            // Some network file systems lock only what is open for writing.
            let descriptor: Int32
            do {
                descriptor = try Posix.open(path, O_RDWR | O_NONBLOCK)
            } catch {
                guard error.code == EACCES || error.code == EROFS else { throw error }
                descriptor = try Posix.open(path, O_RDONLY | O_NONBLOCK)
            }
            let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
            // A file system that has no locks is written to without.
            if isLocked || errno == ENOTSUP || errno == ENOLCK || errno == ENOSYS {
                let file = LockedFile(descriptor, path, try Posix.status(descriptor, path))
                // Replaced while it was waited for: the new one is another file.
                if file.isNamed(path) { return file }
            } else {
                close(descriptor)
            }
            // flock(2) waits for ever or not at all.
            if !isLocked { usleep(useconds_t(pause * 1_000_000)) }
        }
        return nil
    }

    /// Whether it is still the file that has this name.
    func isNamed(_ path: String) -> Bool {
        var named = stat()
        return stat(path, &named) == 0 && named.st_ino == status.st_ino && named.st_dev == status.st_dev
    }

    func read() throws(FileFailure) -> [UInt8] {
        lseek(descriptor, 0, SEEK_SET)
        return try Posix.readAll(descriptor, path, limit: 16 << 20)
    }
}
