import Locking

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file of the person's that may be a pipe, such as a shell's `<(…)`: it is read to its end, and its writer waited for.
///
/// A pipe gives what was written only once, and one run may look into a file more than once: what a path gave is kept for
/// when it turns out to be a pipe that has nothing more. A regular file costs no call besides, and is read anew each time.
enum PatientFile {
    /// For how long nothing may come out of a pipe, in seconds.
    static let patience = 10

    /// What paths gave in this process; nil for a pipe that nothing came out of.
    private static let kept = Guarded<[String: [UInt8]?]>([:])

    /// The bytes of an open file; nil where it is a pipe that was silent for too long.
    static func bytes(_ descriptor: Int32, _ path: String, limit: Int) throws(FileFailure) -> [UInt8]? {
        var bytes: [UInt8] = []
        var hasWaited = false
        while try !isAtEnd(descriptor, path, limit, &bytes, hasWaited: hasWaited) {
            if bytes.isEmpty, let earlier = kept.with({ $0[path] }) { return earlier }
            guard isAwaited(descriptor) else {
                kept.with { _ = $0.updateValue(nil, forKey: path) }
                return nil
            }
            hasWaited = true
        }
        kept.with { $0[path] = bytes }
        return bytes
    }

    /// Reads what there is; false where more may come.
    private static func isAtEnd(
        _ descriptor: Int32, _ path: String, _ limit: Int, _ bytes: inout [UInt8], hasWaited: Bool
    ) throws(FileFailure) -> Bool {
        do {
            try Posix.readOn(descriptor, path, limit: limit, into: &bytes)
        } catch {
            guard error.code == EAGAIN else { throw error }
            return false
        }
        guard bytes.isEmpty, !hasWaited else { return true }
        // Nobody may have opened it for writing yet, which looks like its end.
        return try Posix.status(descriptor, path).st_mode & S_IFMT != S_IFIFO
    }

    /// Waits until something comes, or the end; false where neither does.
    private static func isAwaited(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let count = poll(&entry, 1, Int32(patience) * 1000)
            if count >= 0 || errno != EINTR { return count > 0 }
        }
    }
}
