import Domain
package import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// AWS's shared config file where it is edited: read whole, and replaced whole.
///
/// A symlink is followed, and the new file written beside its target; backups lie beside the name that the user knows.
package struct EditedConfigFile: ConfigFile {
    package let path: String
    private let credentialsPath: String?
    private let time: any TimeSource

    /// How many backups are kept.
    private static let kept = 5
    /// How long another one's replacement is waited for, in seconds.
    private static let patience = 10.0

    /// The file of that path, and the credentials file that the SDKs read with it.
    package init(path: String, credentialsPath: String? = nil, time: any TimeSource) {
        self.path = path
        self.credentialsPath = credentialsPath
        self.time = time
    }

    package func load() throws(ConfigFileError) -> [UInt8]? {
        do {
            return try SharedConfigFile.bytes(path)
        } catch {
            throw .unreadable(path: path, reason: error.reason)
        }
    }

    package func profilesWithStaticKeys() -> Set<String> {
        let bytes = credentialsPath.flatMap { try? SharedConfigFile.bytes($0) }
        return bytes.map(StaticKeys.profiles) ?? []
    }

    package func replace(_ old: [UInt8]?, with new: [UInt8]) throws(ConfigFileError) -> String? {
        do {
            // By the name that a shell gives a pipe nothing can be opened for writing, or replaced.
            guard !isOther else { throw ConfigFileError.unwritable(path: path, reason: "it is no regular file") }
            let target = try LinkTarget.resolved(path)
            guard let old else {
                try LinkTarget.makeFolder(of: target)
                try ConfigReplacement(beside: target, mode: 0o600).create(new, at: target)
                return nil
            }
            guard let lock = try LockedFile.take(target, within: Self.patience) else {
                throw ConfigFileError.busy(path: path)
            }
            // As root, /dev/null could be replaced as well.
            guard lock.status.st_mode & S_IFMT == S_IFREG else {
                throw ConfigFileError.unwritable(path: path, reason: "it is no regular file")
            }
            guard try lock.read() == old else { throw ConfigFileError.changed(path: path) }
            guard access(target, W_OK) == 0 else { throw FileFailure.latest(target) }
            for place in Set([target, path].map(LinkTarget.folder)) { ConfigReplacement.removeLeftovers(in: place) }
            let replacement = try ConfigReplacement(beside: target, like: lock.status)
            try replacement.write(new)
            let backup = try keep(old, lock.status)
            do {
                // Other tools take no lock, and this took a while.
                guard lock.isNamed(target), try lock.read() == old else { throw ConfigFileError.changed(path: path) }
                try replacement.replace(target)
                // Nothing else holds on to it until here.
                withExtendedLifetime(lock) {}
            } catch {
                unlink(backup)
                throw error
            }
            dropOldBackups(but: backup)
            return backup
        } catch let error as ConfigFileError {
            throw error
        } catch let error as FileFailure {
            let names = [path, (try? LinkTarget.resolved(path)) ?? path]
            let isMade = old == nil && error.code == EEXIST
            if isMade || (old != nil && [EEXIST, ENOENT].contains(error.code) && names.contains(error.path)) {
                throw .changed(path: path)
            }
            let isFolder = names.map(LinkTarget.folder).contains(error.path)
            throw .unwritable(
                path: path, reason: isFolder ? "no file can be made in \(error.path): \(error.reason)" : error.reason)
        } catch {
            throw .unwritable(path: path, reason: "\(error)")
        }
    }

    /// Whether it is there, and no regular file.
    private var isOther: Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }

    private var backupPrefix: String { "\(path).backup-" }

    /// Writes what was there into a file of its own, which is named after the moment.
    ///
    /// Within one second its number is one above those that stand: a gap that an older one left would make it the oldest.
    private func keep(_ bytes: [UInt8], _ status: stat) throws(FileFailure) -> String {
        let moment = String(time.now().rfc3339.filter { $0 != "-" && $0 != ":" })
        let latest = backups().filter { $0.hasPrefix(backupPrefix + moment) }.max()
        let first = latest.map { (Int($0.dropFirst(backupPrefix.count + moment.count + 1)) ?? 1) + 1 } ?? 1
        for number in first..<100 {
            let name = backupPrefix + moment + (number == 1 ? "" : number < 10 ? ".0\(number)" : ".\(number)")
            do {
                // Whole from its first moment on, as the file itself.
                try ConfigReplacement(beside: name, mode: status.st_mode & 0o777).create(bytes, at: name)
                return name
            } catch {
                if error.code != EEXIST { throw error }
            }
        }
        throw FileFailure(path: backupPrefix + moment, code: EEXIST)
    }

    /// Keeps this one and those before it, by their names; one that can't be removed does no harm.
    ///
    /// A clock that was set back gives this one the name of an old one: it is kept all the same.
    private func dropOldBackups(but latest: String) {
        for name in backups().filter({ $0 != latest }).dropLast(Self.kept - 1) { unlink(name) }
    }

    /// The paths of the backups that stand, the oldest first.
    private func backups() -> [String] {
        let slash = backupPrefix.lastIndex(of: "/")
        let folder = slash.map { backupPrefix[...$0] } ?? ""
        let start = backupPrefix.dropFirst(folder.count)
        let names = ((try? Posix.names(in: LinkTarget.folder(of: backupPrefix))) ?? []).filter { name in
            name.hasPrefix(start) && Self.isMoment(name.dropFirst(start.count))
        }
        return names.sorted().map { folder + $0 }
    }

    /// `20261128T061500Z`, or that with a number: what else begins like a backup is somebody else's.
    private static func isMoment(_ text: Substring) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 16 || bytes.count == 19 else { return false }
        return bytes.enumerated().allSatisfy { place, byte in
            switch place {
            case 8: byte == UInt8(ascii: "T")
            case 15: byte == UInt8(ascii: "Z")
            case 16: byte == UInt8(ascii: ".")
            default: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
        }
    }
}
