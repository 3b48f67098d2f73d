import Locking
import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A temporary file in a shared folder, which stays until it is discarded.
final class PosixUnnamedFile: UnnamedFile {
    let name: String
    private let folder: String
    /// Open for writing until it is filled, then for looking at its link count; -1 once it is discarded.
    private let descriptor: Guarded<Int32>

    private var path: String { folder + "/" + name }

    /// Makes the file (0600) with so many bytes set aside.
    init(in folder: String, _ name: String, room: Int) throws(FileFailure) {
        self.folder = folder
        self.name = name
        let path = folder + "/" + name
        // What goes wrong is told of the folder: the file's name is nobody's to know. A folder below may not be open to us.
        let opened: Int32
        do throws(FileFailure) {
            opened = try Posix.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
        } catch {
            throw FileFailure(path: error.isOfPermission ? Self.parent(path) : folder, code: error.code)
        }
        descriptor = Guarded(opened)
        do throws(FileFailure) {
            if room > 0 { try Posix.reserve(room, opened, folder) }
        } catch {
            close(opened)
            unlink(path)
            descriptor.with { $0 = -1 }
            throw error
        }
    }

    deinit {
        let opened = descriptor.with { $0 }
        if opened >= 0 { close(opened) }
    }

    func fill(_ bytes: [UInt8]) throws(SharedFolderFailure) {
        do throws(FileFailure) {
            try descriptor.with { (descriptor) throws(FileFailure) in
                guard descriptor >= 0 else { throw FileFailure(path: path, code: EBADF) }
                try Posix.writeAll(descriptor, folder, bytes)
                try Posix.synchronize(descriptor, folder)
                // What a write could not say, closing may; others see all of it only after that.
                let code = close(descriptor)
                let failure = FileFailure.latest(path)
                descriptor = -1
                if code != 0, failure.code != EINTR { throw failure }
                do throws(FileFailure) {
                    descriptor = try Posix.open(path, O_RDONLY | O_NOFOLLOW)
                } catch {
                    // Cleaned up already: linking it will tell.
                    if !error.isAbsence, error.code != ESTALE { throw error }
                }
            }
        } catch {
            throw error.shared
        }
    }

    func link(to name: String) throws(SharedFolderFailure) -> LinkOutcome {
        let target = folder + "/" + name
        do throws(FileFailure) {
            return try descriptor.with { (descriptor) throws(FileFailure) in
                if descriptor < 0 { return .gone }
                let code = sysLink(path, target) == 0 ? 0 : errno
                if code == 0 || Self.isLinked(descriptor, path, target) {
                    try Posix.synchronizeFolder(Self.parent(target))
                    return .made
                }
                switch code {
                case EEXIST: return .exists
                case ENOENT, ESTALE: return .gone
                default: throw FileFailure(path: target, code: code)
                }
            }
        } catch {
            throw error.shared
        }
    }

    /// Whether a link was made though the call failed: its reply may have been lost, and what came back is about a second try.
    private static func isLinked(_ descriptor: Int32, _ path: String, _ target: String) -> Bool {
        var status = stat()
        // Opened anew, so that no count from before is shown.
        if let again = try? Posix.open(path, O_RDONLY | O_NOFOLLOW) {
            defer { close(again) }
            if fstat(again, &status) == 0, status.st_nlink > 1 { return true }
        }
        var named = stat()
        return fstat(descriptor, &status) == 0 && lstat(target, &named) == 0 && status.st_ino == named.st_ino
            && status.st_dev == named.st_dev
    }

    private static func parent(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    func discard() {
        descriptor.with { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
        unlink(path)
    }
}

private func sysLink(_ old: String, _ new: String) -> Int32 { link(old, new) }
