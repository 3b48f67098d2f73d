#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that only its owner may read.
enum PrivateFile {
    /// What is wrong with a file that must not be trusted.
    struct Untrusted: Error, Sendable {
        let path: String
        let reason: String
    }

    /// Its bytes; nil where it is not there.
    ///
    /// - Throws: `Untrusted` where it is another's, writable by others, or no regular file; where others can read it, it is
    ///   tightened if `tightens`, else untrusted. `FileFailure` where it can't be read.
    static func read(_ path: String, limit: Int, tightens: Bool) throws -> [UInt8]? {
        let descriptor: Int32
        do {
            descriptor = try Posix.open(path, O_RDONLY | (tightens ? 0 : O_NOFOLLOW))
        } catch {
            if error.isAbsence { return nil }
            if error.code == ELOOP { throw Untrusted(path: path, reason: "it is a link") }
            throw error
        }
        defer { close(descriptor) }
        let status = try Posix.status(descriptor, path)
        if let reason = whyUntrusted(status) { throw Untrusted(path: path, reason: reason) }
        if status.st_mode & 0o055 != 0 {
            guard tightens else { throw Untrusted(path: path, reason: "others can read it") }
            fchmod(descriptor, 0o600)
        }
        return try Posix.readAll(descriptor, path, limit: limit, size: Int(status.st_size))
    }

    /// Why a file of that status must not be trusted; nil where it may be.
    static func whyUntrusted(_ status: stat) -> String? {
        if status.st_mode & S_IFMT != S_IFREG { return "it is no regular file" }
        if status.st_uid != getuid() { return "it belongs to user \(status.st_uid)" }
        return status.st_mode & 0o022 == 0 ? nil : "others can write to it"
    }
}
