import Locking
package import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What this host keeps for this user's processes: small private files, replaced by rename, not worth a sync.
///
/// They are written to the first folder that will do, and what changes is read there too: what stands in another one may
/// be older. Only what is written once, and replaced by what lives longer, is looked for in all of them.
package final class HostFiles: Sendable {
    private enum Target: Sendable {
        case unknown
        case folder(PrivateFolder)
        case none
    }

    private let candidates: [String]
    private let ownFolder: String?
    private let ownFolderIsTold: Bool
    private let notices: any Notices
    private let target = Guarded(Target.unknown)
    private let told = Guarded(Set<String>())
    private let left = Guarded(Set<String>())

    /// No file of ours is larger, in bytes.
    static let sizeLimit = 1 << 20

    /// The files in these folders (`HostLocalFolder.candidates`).
    ///
    /// - Parameters:
    ///   - ownFolder: a folder above one of them that must be this user's as well.
    ///   - ownFolderIsTold: whether what looks after the tokens in it tells what is wrong with it.
    package init(
        candidates: [String], ownFolder: String? = nil, ownFolderIsTold: Bool = false, notices: any Notices
    ) {
        self.candidates = candidates
        self.ownFolder = ownFolder
        self.ownFolderIsTold = ownFolderIsTold
        self.notices = notices
    }

    /// The bytes of the file of that name in the folder to write to, if it may be trusted.
    func read(_ name: String) -> [UInt8]? { folder().flatMap { read(name, in: $0) } }

    /// The bytes of every file of that name that may be trusted and was not to be removed.
    ///
    /// A folder that can't be written to may still have what was removed or replaced since, and counts only where there is
    /// no other. The front door looks at folders the same way.
    func readAll(_ name: String) -> [[UInt8]] {
        let all = folders
        let writable = all.filter { access($0.path, W_OK) == 0 }
        return (writable.isEmpty ? all : writable).filter { folder in left.with { !$0.contains(folder.file(name)) } }
            .compactMap { read(name, in: $0) }
    }

    private func read(_ name: String, in folder: PrivateFolder) -> [UInt8]? {
        let path = folder.file(name)
        do {
            return try PrivateFile.read(path, limit: Self.sizeLimit, tightens: false)
        } catch let error as PrivateFile.Untrusted {
            let isNews = told.with { $0.insert(path).inserted }
            if isNews { notices.warn("\(error.path) is not used: \(error.reason). Remove it.") }
            return nil
        } catch {
            return nil
        }
    }

    /// The folders that are there and may be trusted.
    var folders: [PrivateFolder] {
        candidates.filter { PrivateFolder.isTrusted($0) && (own(above: $0).map(PrivateFolder.isTrusted) ?? true) }
            .map { PrivateFolder(path: $0) }
    }

    /// The folder above that must be this user's too; nil where none must.
    private func own(above path: String) -> String? {
        ownFolder.flatMap { path.hasPrefix($0 + "/") ? $0 : nil }
    }

    /// Replaces the file in that folder, or in the one to write to; where that fails, tells why.
    @discardableResult
    func replace(_ name: String, with bytes: [UInt8], in folder: PrivateFolder? = nil) -> FileFailure? {
        guard let folder = folder ?? self.folder() else {
            return FileFailure(path: candidates.last ?? name, code: ENOENT)
        }
        do {
            try Replacement(in: folder, for: name).replace(name, with: bytes, durably: false)
            left.with { _ = $0.remove(folder.file(name)) }
            return nil
        } catch {
            return error
        }
    }

    /// Removes the files of that name from every folder.
    func remove(_ name: String) {
        for folder in folders { remove(name, from: folder) }
    }

    /// Removes a file; one that can't be removed, for the reason that is given, is not there any more for this process.
    @discardableResult
    func remove(_ name: String, from folder: PrivateFolder) -> FileFailure? {
        do {
            try Posix.remove(folder.file(name))
            return nil
        } catch {
            left.with { _ = $0.insert(folder.file(name)) }
            return error
        }
    }

    /// Takes a lock of this host; nil where somebody has it.
    ///
    /// - Throws: where no folder will do, or the disk is full.
    func lock(_ name: String) throws(FileFailure) -> FileLock? {
        guard let folder = folder() else { throw FileFailure(path: candidates.last ?? name, code: ENOENT) }
        return try FileLock.take(folder.file(name + ".lock"))
    }

    /// The first folder that can be made, is ours, and lies on this host.
    func folder() -> PrivateFolder? {
        target.with { target in
            switch target {
            case .folder(let folder): return folder
            case .none: return nil
            case .unknown:
                let found = choose()
                target = found.map { .folder($0) } ?? .none
                return found
            }
        }
    }

    private func choose() -> PrivateFolder? {
        for path in candidates {
            let folder: PrivateFolder
            let above = own(above: path)
            let isTold = above != nil && ownFolderIsTold
            do {
                if let above { _ = try PrivateFolder.ensured(above, followsLinks: false) }
            } catch {
                if !isTold { warn(of: error, above ?? path) }
                continue
            }
            do {
                folder = try PrivateFolder.ensured(path, followsLinks: false)
            } catch {
                if !isTold { warn(of: error, path) }
                continue
            }
            guard access(path, W_OK) == 0 else { continue }
            if !FileSystemKind.isNetwork(path) { return folder }
            if !isTold {
                notices.warn("\(path) is on a network file system: AWS credentials are kept elsewhere on this host.")
            }
        }
        return nil
    }

    /// Tells of a folder that must not be trusted; one that can't be made, such as the runtime folder of a session that is
    /// over, goes without a word.
    private func warn(of refusal: PrivateFolder.Refusal, _ path: String) {
        guard case .untrusted(let reason, let remedy) = refusal else { return }
        notices.warn("\(path) is not used: \(reason). \(remedy)")
    }
}
