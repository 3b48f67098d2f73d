#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The marks that drops have left, and their locks, once nobody can need them any more.
///
/// A mark is compared with what it was when a production began, which ends within minutes; a lock is made again by whoever
/// wants it, and who has it open notices that it is gone (`FileLock`).
enum StaleDrops {
    /// For how long a mark is kept, in seconds.
    static let life = 86_400

    /// Removes those that are older, without waiting for anybody; it may fail without a word.
    static func remove(in folder: PrivateFolder, prefix: String) {
        let names = ((try? Posix.names(in: folder.path)) ?? []).filter { $0.hasPrefix(prefix) }
        let now = time(nil)
        for name in names where isStale(folder.file(name), at: now) {
            let mark = name.hasSuffix(".lock") ? String(name.dropLast(".lock".utf8.count)) : name
            guard let lock = try? FileLock.take(folder.file(mark + ".lock")) else { continue }
            // Somebody may have dropped once more before the lock was ours.
            if isStale(folder.file(mark), at: now) { try? Posix.remove(folder.file(mark)) }
            if !PrivateFolder.isAnything(at: folder.file(mark)) { try? Posix.remove(folder.file(mark + ".lock")) }
            withExtendedLifetime(lock) {}
        }
    }

    private static func isStale(_ path: String, at now: time_t) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return false }
        #if canImport(Darwin)
            return status.st_mtimespec.tv_sec + life < now
        #else
            return status.st_mtim.tv_sec + life < now
        #endif
    }
}
