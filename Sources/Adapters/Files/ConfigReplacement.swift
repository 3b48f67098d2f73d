#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A new file, written whole under a name of its own beside the place that it then takes.
final class ConfigReplacement {
    private let folder: String
    private let temporary: String
    private let descriptor: Int32
    private static let prefix = ".aws-oidc-config-"

    /// An empty file of that mode.
    init(beside target: String, mode: mode_t) throws(FileFailure) {
        folder = LinkTarget.folder(of: target)
        temporary = "\(folder)/\(Self.prefix)\(String(UInt64.random(in: 0...UInt64.max), radix: 16))"
        do {
            descriptor = try Posix.open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
        } catch {
            // Nobody knows the name.
            throw FileFailure(path: folder, code: error.code)
        }
        guard fchmod(descriptor, mode & 0o7777) == 0 else { throw .latest(target) }
    }

    /// An empty file with the mode and, as far as the system allows, the owner of another one.
    convenience init(beside target: String, like status: stat) throws(FileFailure) {
        try self.init(beside: target, mode: 0o600)
        if status.st_uid != geteuid() || status.st_gid != getegid() {
            guard fchown(descriptor, status.st_uid, status.st_gid) == 0 || status.st_uid == geteuid() else {
                throw .latest(target)
            }
        }
        guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else { throw .latest(target) }
    }

    deinit {
        close(descriptor)
        unlink(temporary)
    }

    /// Takes the place of the file.
    func replace(_ target: String) throws(FileFailure) {
        try Posix.rename(temporary, target)
        try? Posix.synchronizeFolder(folder)
    }

    /// Becomes a file that was not there; somebody else's that is there by now stays.
    ///
    /// On a file system without links an empty file takes the name first: who is killed just then leaves that.
    func create(
        _ bytes: [UInt8], at target: String, linking: (String, String) -> Int32 = { link($0, $1) }
    ) throws(FileFailure) {
        try write(bytes)
        if linking(temporary, target) != 0 {
            let failure = FileFailure.latest(target)
            guard failure.lacksLinks else { throw failure }
            close(try Posix.open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW))
            do {
                try Posix.rename(temporary, target)
            } catch {
                unlink(target)
                throw error
            }
        }
        try? Posix.synchronizeFolder(folder)
    }

    /// Gives it its bytes, on stable storage.
    func write(_ bytes: [UInt8]) throws(FileFailure) {
        try Posix.writeAll(descriptor, temporary, bytes)
        try Posix.synchronize(descriptor, temporary)
    }

    /// Removes what killed processes left: who has the lock knows that nobody else writes here.
    static func removeLeftovers(in folder: String) {
        for name in (try? Posix.names(in: folder)) ?? [] where name.hasPrefix(prefix) { unlink(folder + "/" + name) }
    }
}
