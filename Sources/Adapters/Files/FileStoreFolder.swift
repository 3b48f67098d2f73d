package import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A private folder of this host's, for a store that is no concern of this module.
package struct FileStoreFolder: StoreFolder {
    package let path: String
    private let hostName: String
    private let time: any TimeSource
    private let ownFolderAbove: String?

    /// The folder at that path; the host's name is for those who wait.
    ///
    /// - Parameter ownFolderAbove: the folder above, where it lies in one that belongs to nobody in particular: it must be
    ///   this user's as well.
    package init(path: String, hostName: String, time: any TimeSource, ownFolderAbove: String? = nil) {
        self.path = path
        self.hostName = hostName
        self.time = time
        self.ownFolderAbove = ownFolderAbove
    }

    package var isThere: Bool { PrivateFolder.isAnything(at: path) }

    package func ensure() throws(TokenStoreError) {
        if let ownFolderAbove { _ = try PrivateFolder.forTokens(ownFolderAbove, followsLinks: false) }
        _ = try PrivateFolder.forTokens(path)
        guard !FileSystemKind.isNetwork(path) else {
            throw .refused(
                path: path, reason: "it is on a network file system, which SQLite can't share between processes",
                remedy: "Name a file on a disk of this host, by --cache sqlite:PATH.")
        }
    }

    package func makeFile(_ name: String) throws(TokenStoreError) {
        guard try !hasFile(name) else { return removeOtherNames(of: name) }
        // Made under another name and linked: a file that has its name already is never closed here, see `hasFile`.
        let temporary = file("\(name).new.\(getpid()).\(UInt64.random(in: 0...UInt64.max))")
        do {
            close(try Posix.open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW))
        } catch {
            // What the file is called for a moment says nothing to anybody.
            throw error.whenWriting(file(name))
        }
        defer { unlink(temporary) }
        if link(temporary, file(name)) == 0 || errno == EEXIST { return }
        let failure = FileFailure.latest(file(name))
        guard failure.lacksLinks else { throw failure.whenWriting() }
        try makeWithoutLink(file(name))
    }

    /// Makes the file where its file system has no hard links: under its own name, by whoever is first.
    ///
    /// It is new, and closed at once: nobody here can have a lock on it yet.
    private func makeWithoutLink(_ path: String) throws(TokenStoreError) {
        do {
            close(try Posix.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW))
        } catch {
            guard error.code == EEXIST else { throw error.whenWriting(path) }
        }
    }

    /// Removes the name under which a file was made by a process that died before it could.
    private func removeOtherNames(of name: String) {
        var status = stat()
        guard lstat(file(name), &status) == 0, status.st_nlink > 1 else { return }
        for other in (try? Posix.names(in: path)) ?? [] where other.hasPrefix("\(name).new.") {
            var otherStatus = stat()
            // Another one's file, which has no other name yet, stays.
            guard lstat(file(other), &otherStatus) == 0, otherStatus.st_ino == status.st_ino else { continue }
            unlink(file(other))
        }
    }

    package func hasFile(_ name: String) throws(TokenStoreError) -> Bool {
        let path = file(name)
        var status = stat()
        guard lstat(path, &status) == 0 else {
            let failure = FileFailure.latest(path)
            if failure.isAbsence { return false }
            throw failure.whenReading
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            throw .refused(path: path, reason: "it is a folder", remedy: "Name a file, which may be in it.")
        }
        if let reason = Self.whyUntrusted(status) {
            throw .refused(path: path, reason: reason, remedy: "Remove it and sign in again.")
        }
        if status.st_mode & 0o055 != 0 { chmod(path, 0o600) }
        return true
    }

    package func right(_ name: String) -> any ProductionRight {
        FileRight(path: file(name), hostName: hostName, time: time, goLock: nil)
    }

    private static func whyUntrusted(_ status: stat) -> String? {
        if status.st_mode & S_IFMT == S_IFLNK { return "it is a link" }
        return PrivateFile.whyUntrusted(status)
    }

    private func file(_ name: String) -> String { path + "/" + name }
}
