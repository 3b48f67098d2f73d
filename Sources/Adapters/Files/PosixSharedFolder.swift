package import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A shared folder by the calls of this system, each made anew: nothing is kept open between two of them.
package struct PosixSharedFolder: SharedFolder {
    package let path: String

    /// No file of ours is larger, in bytes.
    private static let sizeLimit = 1 << 21

    /// The folder at that path, which is made when something is to be stored.
    package init(path: String) { self.path = path }

    package func ensure(_ subfolder: String) throws(SharedFolderFailure) {
        try Self.trusted(path, followsLinks: true)
        try Self.trusted(file(subfolder), followsLinks: false)
    }

    package func names(in subfolder: String) throws(SharedFolderFailure) -> [String] {
        // A folder that is not there holds nothing, and is not made for a look.
        guard PrivateFolder.isAnything(at: path) else { return [] }
        try Self.trusted(path, followsLinks: true)
        let below = file(subfolder)
        guard PrivateFolder.isAnything(at: below) else { return [] }
        try Self.trusted(below, followsLinks: false)
        return try Self.calling { () throws(FileFailure) in
            do throws(FileFailure) {
                return try Posix.names(in: below)
            } catch {
                if error.code == ENOENT { return [] }
                throw error
            }
        }
    }

    package func read(_ name: String) throws(SharedFolderFailure) -> [UInt8]? {
        let path = file(name)
        for isLast in [false, false, true] {
            do {
                return try PrivateFile.read(path, limit: Self.sizeLimit, tightens: true)
            } catch let error as FileFailure {
                // Replaced on the server while it was opened here.
                if error.code == ESTALE, !isLast { continue }
                // Too large to be anything of ours: damaged.
                if error.code == EFBIG { return [] }
                throw error.shared
            } catch let error as PrivateFile.Untrusted {
                throw .refused(path: error.path, reason: error.reason, remedy: "Remove it and sign in again.")
            } catch {
                throw .call(path: path, code: 0, reason: "\(error)")
            }
        }
        return nil
    }

    package func makeFile(_ name: String, room: Int) throws(SharedFolderFailure) -> any UnnamedFile {
        try Self.calling { () throws(FileFailure) in try PosixUnnamedFile(in: path, name, room: room) }
    }

    package func overwrite(_ name: String, with bytes: [UInt8]) throws(SharedFolderFailure) {
        let path = file(name)
        try Self.calling { () throws(FileFailure) in
            let descriptor = try Posix.open(path, O_WRONLY | O_NOFOLLOW)
            defer { close(descriptor) }
            try Posix.writeAll(descriptor, path, bytes)
            try Posix.synchronize(descriptor, path)
        }
    }

    package func rename(_ name: String, to newName: String) throws(SharedFolderFailure) {
        try Self.calling { () throws(FileFailure) in
            try Posix.rename(file(name), file(newName))
            try Posix.synchronizeFolder(path)
        }
    }

    package func remove(_ name: String) throws(SharedFolderFailure) {
        try Self.calling { () throws(FileFailure) in
            guard unlink(file(name)) == 0 || [ENOENT, ESTALE, ENOTDIR].contains(errno) else {
                throw .latest(file(name))
            }
        }
    }

    private func file(_ name: String) -> String { path + "/" + name }

    private static func trusted(_ path: String, followsLinks: Bool) throws(SharedFolderFailure) {
        do {
            _ = try PrivateFolder.ensured(path, followsLinks: followsLinks)
        } catch {
            switch error {
            case .untrusted(let reason, let remedy): throw .refused(path: path, reason: reason, remedy: remedy)
            case .failure(let failure):
                // Not to be waited for, as a server that is away would be.
                if let flaw = LinkTarget.flaw(of: path) {
                    throw .unusable(path: path, reason: flaw, remedy: "Remove the link, or make what it leads to.")
                }
                throw failure.shared
            }
        }
    }

    private static func calling<Result>(_ body: () throws(FileFailure) -> Result) throws(SharedFolderFailure) -> Result
    {
        do {
            return try body()
        } catch {
            throw error.shared
        }
    }
}

extension FileFailure {
    /// The same for those who know no file calls.
    var shared: SharedFolderFailure { .call(path: path, code: code, reason: reason) }
}
