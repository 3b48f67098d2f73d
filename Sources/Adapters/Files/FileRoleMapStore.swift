package import Domain
import Locking
package import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The role map in a file, replaced whole: readers see the old one or the new one.
package final class FileRoleMapStore: RoleMapStore {
    private let path: String
    private let coding: any RoleMapCoding
    /// What was loaded last, nil inside where there was no file; nil where nothing was loaded.
    private let loaded = Guarded<[UInt8]??>(nil)

    private static let limit = 64 << 20

    /// A store in that file.
    package init(path: String, coding: any RoleMapCoding) {
        self.path = path
        self.coding = coding
    }

    package func load() async throws(RoleMapStoreError) -> RoleMap? {
        let bytes = try bytes()
        // As though there were none, until it turns out that it can be read: what can't be is not written over.
        loaded.with { $0 = .some(nil) }
        guard let bytes else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .unreadable(place: path, reason: "it is not UTF-8")
        }
        let map = try coding.map(text, place: path)
        loaded.with { $0 = .some(bytes) }
        return map
    }

    package func save(_ map: RoleMap) async throws(RoleMapStoreError) {
        let fresh = Array(coding.text(map).utf8)
        let present = try bytes()
        if let expected = loaded.with({ $0 }), expected != present { throw .changed(place: path) }
        guard present != fresh else { return }
        do {
            try replace(with: fresh)
            loaded.with { $0 = .some(fresh) }
        } catch {
            throw .unreachable(place: path, reason: error.reason)
        }
    }

    private func bytes() throws(RoleMapStoreError) -> [UInt8]? {
        do {
            let descriptor = try Posix.open(path, O_RDONLY | O_NONBLOCK)
            defer { close(descriptor) }
            return try Posix.readAll(descriptor, path, limit: Self.limit)
        } catch {
            if error.isAbsence { return nil }
            throw .unreachable(place: path, reason: error.reason)
        }
    }

    /// Writes beside the file, or beside what it is a link to, and renames.
    private func replace(with bytes: [UInt8]) throws(FileFailure) {
        let target = resolved
        let folder = target.lastIndex(of: "/").map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
        let temporary = "\(target).new.\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
        // Others may read it: it holds no secret, and the service may run as another user.
        let descriptor = try Posix.open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o644)
        defer {
            close(descriptor)
            unlink(temporary)
        }
        var status = stat()
        if stat(target, &status) == 0 { fchmod(descriptor, status.st_mode & 0o777) }
        try Posix.writeAll(descriptor, temporary, bytes)
        try Posix.synchronize(descriptor, temporary)
        try Posix.rename(temporary, target)
        try Posix.synchronizeFolder(folder)
    }

    private var resolved: String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
