import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder that only its owner may look into.
struct PrivateFolder: Sendable {
    /// Why a folder is not used.
    enum Refusal: Error, Sendable {
        /// It must not be trusted.
        case untrusted(reason: String, remedy: String)
        /// It can't be made, or not be looked at.
        case failure(FileFailure)
    }

    let path: String

    /// Makes the folder (0700) and those above it where they are missing, and tightens it where others may look in.
    ///
    /// - Parameter followsLinks: whether a link to a folder of this user's will do: not where others could have put it there.
    /// - Throws: `.untrusted` where it is another user's, writable by others, a link that is not followed or no folder at all.
    static func ensured(_ path: String, followsLinks: Bool = true) throws(Refusal) -> PrivateFolder {
        // To make what is there fails, but not for nothing: on a network file system it is a request.
        if let folder = try present(path, followsLinks: followsLinks) { return folder }
        try make(path)
        guard let folder = try present(path, followsLinks: followsLinks) else {
            throw .failure(FileFailure(path: path, code: ENOENT))
        }
        return folder
    }

    /// The folder where it is there, tightened where others may look in; else nil.
    ///
    /// - Throws: as `ensured`.
    static func present(_ path: String, followsLinks: Bool = true) throws(Refusal) -> PrivateFolder? {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            let failure = FileFailure.latest(path)
            if failure.isAbsence { return nil }
            throw .failure(FileFailure(path: closedFolder(above: path) ?? path, code: failure.code))
        }
        try tighten(path, status, followsLinks)
        return PrivateFolder(path: path)
    }

    /// Whether the path is, without any link, a folder of this user's that nobody else can write to.
    static func isTrusted(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == getuid()
            && status.st_mode & 0o022 == 0
    }

    /// Why its names and files can't be read; nil where they can.
    var readingFailure: FileFailure? { access(path, R_OK | X_OK) == 0 ? nil : .latest(path) }

    /// The path of a name in it.
    func file(_ name: String) -> String { path + "/" + name }

    private static func make(_ path: String) throws(Refusal) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        // A read-only file system may say so before it says that the folder is there.
        var status = stat()
        let code = errno
        if lstat(path, &status) == 0 { return }
        guard code == ENOENT || code == ENOTDIR, let above = above(path) else {
            throw .failure(FileFailure(path: path, code: code))
        }
        // Of a file in the way the name is told that has it.
        if code == ENOTDIR, stat(above, &status) == 0 { throw .failure(FileFailure(path: above, code: ENOTDIR)) }
        try make(above)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            let code = errno
            // What is there is a link that leads nowhere.
            throw .failure(FileFailure(path: code == ENOENT ? above : path, code: code))
        }
    }

    /// The folder that keeps this user from looking at what is below it; nil where none does.
    private static func closedFolder(above path: String) -> String? {
        var status = stat()
        var folder = above(path)
        while let place = folder, access(place, X_OK) != 0 {
            if lstat(place, &status) == 0 { return place }
            folder = above(place)
        }
        return nil
    }

    private static func above(_ path: String) -> String? {
        path.lastIndex(of: "/").flatMap { $0 > path.startIndex ? String(path[..<$0]) : nil }
    }

    private static func tighten(_ path: String, _ own: stat, _ followsLinks: Bool) throws(Refusal) {
        var status = own
        if status.st_mode & S_IFMT == S_IFLNK {
            guard followsLinks else {
                let isOurs = own.st_uid == getuid()
                throw .untrusted(
                    reason: "it is a link",
                    remedy: isOurs
                        ? "Remove the link." : "Name a folder of your own, or have its owner remove the link.")
            }
            guard stat(path, &status) == 0 else { throw .failure(.latest(path)) }
            guard status.st_uid == getuid() else {
                throw .untrusted(reason: "it is a link to another user's folder", remedy: "Remove the link.")
            }
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw .untrusted(reason: "it is no folder", remedy: "Move it out of the way.")
        }
        guard status.st_uid == getuid() else {
            throw .untrusted(
                reason: "it belongs to user \(status.st_uid)",
                remedy: "Name a folder of your own, or have its owner remove this one.")
        }
        guard status.st_mode & 0o022 == 0 else {
            // One for everybody, as /tmp is, is not to be closed to them.
            let isForAll = status.st_mode & S_ISVTX != 0
            throw .untrusted(
                reason: "others can write to it",
                remedy: isForAll
                    ? "Name a folder of your own, which may be in it."
                    : "Look for what does not belong there, then run: chmod 700 '\(path)'")
        }
        // That it can't be tightened on a read-only file system does no harm: nobody can write there either.
        if status.st_mode & 0o055 != 0 { chmod(path, 0o700) }
    }

    /// Whether there is anything at a path.
    static func isAnything(at path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 || errno != ENOENT && errno != ENOTDIR
    }

    /// A folder that keeps tokens, made where it is missing.
    static func forTokens(_ path: String, followsLinks: Bool = true) throws(TokenStoreError) -> PrivateFolder {
        do {
            return try ensured(path, followsLinks: followsLinks)
        } catch {
            throw error.ofStore(path) { failure, flaw in
                flaw.map { .notWritable(path: failure.path, reason: $0, lack: .folder) } ?? failure.whenWriting()
            }
        }
    }

    /// A folder that keeps tokens, where it is there; else nil.
    static func presentForTokens(_ path: String, followsLinks: Bool = true) throws(TokenStoreError) -> PrivateFolder? {
        do {
            return try present(path, followsLinks: followsLinks)
        } catch {
            throw error.ofStore(path) { failure, flaw in
                flaw.map { .notReadable(path: failure.path, reason: $0, lack: .folder) } ?? failure.whenReading
            }
        }
    }
}

extension PrivateFolder.Refusal {
    /// The same of a store's folder.
    fileprivate func ofStore(_ path: String, _ failed: (FileFailure, _ flaw: String?) -> TokenStoreError)
        -> TokenStoreError
    {
        switch self {
        case .untrusted(let reason, let remedy): .refused(path: path, reason: reason, remedy: remedy)
        case .failure(let failure): failed(failure, LinkTarget.flaw(of: failure.path))
        }
    }
}
