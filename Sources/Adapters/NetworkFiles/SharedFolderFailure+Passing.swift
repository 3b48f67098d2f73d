import Ports
import Production

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension SharedFolderFailure {
    /// Whether it may be over soon: a server that is away, or that shows what is no longer so.
    var isPassing: Bool {
        guard case .call(_, let code, _) = self else { return false }
        return [EIO, ESTALE, ETIMEDOUT, EAGAIN, EINTR, ENOENT, EBUSY, ECONNRESET, ENOTCONN, EHOSTDOWN].contains(code)
    }

    /// The server shows less than was seen before.
    static func outOfDate(_ path: String) -> SharedFolderFailure {
        .call(path: path, code: ESTALE, reason: "the server shows an older state than it did before")
    }

    /// A newer version wrote the file at that path.
    static func newer(_ path: String, _ format: NewerTokenFormat) -> SharedFolderFailure {
        .unusable(path: path, reason: format.reason, remedy: NewerTokenFormat.remedy)
    }

    /// Nothing has that name.
    static func absent(_ path: String) -> SharedFolderFailure {
        .call(path: path, code: ENOENT, reason: "it is not there")
    }

    /// Whether nothing has that name.
    var isAbsence: Bool {
        guard case .call(_, let code, _) = self else { return false }
        return code == ENOENT || code == ENOTDIR
    }

    /// Whether the disk, or what this user may have of it, is full.
    var isFull: Bool { lack == .room }

    /// What is missing to write there, where the system tells.
    var lack: StoreLack? {
        guard case .call(_, let code, _) = self else { return nil }
        return ErrorNumber.lack(code)
    }

    /// Whether the folder is refused since hosts can't agree by its hard links: no other refusal leaves nothing to do about it.
    var isLinkless: Bool { if case .refused(_, _, nil) = self { true } else { false } }

    /// Whether the file system has no hard links, or keeps them for others.
    var lacksLinks: Bool {
        guard case .call(_, let code, _) = self else { return false }
        return ErrorNumber.lacksLinks(code)
    }
}
