import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The pid file at `KEY.lock` by which the tool that this one replaces knows that somebody produces.
///
/// It is no lock of ours: that tool leaves it behind when it crashes, so that one that is found counts only if its
/// process is alive, this user's, named like us, and was there before the file.
struct GoLockFile: Sendable {
    let path: String

    /// The living process that the file names, and since when; nil where there is none, or it is this one.
    var holder: (processID: Int32, since: Timestamp)? {
        guard let descriptor = try? Posix.open(path, O_RDONLY | O_NOFOLLOW) else { return nil }
        defer { close(descriptor) }
        guard let status = try? Posix.status(descriptor, path),
            let bytes = try? Posix.readAll(descriptor, path, limit: 64),
            let pid = Int32(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)),
            pid != getpid(),
            let process = ProcessIdentity.of(pid: pid), ProcessIdentity.ownerUID(of: pid) == getuid(),
            ProcessIdentity.name(of: pid)?.hasPrefix("aws-oidc") == true,
            let startedAt = process.startedAt, startedAt <= status.modifiedAt + 1
        else { return nil }
        return (pid, Timestamp(seconds: Int64(status.modifiedAt)))
    }

    /// Puts a file of this process there, in place of one that does not count; it may fail without a word.
    func take() {
        guard let folder = path.lastIndex(of: "/") else { return }
        let name = String(path[path.index(after: folder)...])
        try? Replacement(in: PrivateFolder(path: String(path[..<folder])), for: name)
            .replace(name, with: Array("\(getpid())\n".utf8), durably: false)
    }

    /// Removes the file if it is this process's.
    func give() {
        guard let bytes = try? PrivateFile.read(path, limit: 64, tightens: true),
            String(decoding: bytes, as: UTF8.self) == "\(getpid())\n"
        else { return }
        try? Posix.remove(path)
    }
}

extension stat {
    /// When the file was last written, in seconds since 1970.
    var modifiedAt: Double {
        #if os(Linux)
            Double(st_mtim.tv_sec) + Double(st_mtim.tv_nsec) / 1e9
        #else
            Double(st_mtimespec.tv_sec) + Double(st_mtimespec.tv_nsec) / 1e9
        #endif
    }
}
