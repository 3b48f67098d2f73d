#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that is to take another one's place: written whole beside it, then renamed onto it.
///
/// Readers see the old bytes or the new ones, never a mixture. Where it is not used, it goes with its last owner.
final class Replacement: Sendable {
    private let folder: PrivateFolder
    private let temporary: String
    private let target: String
    private let descriptor: Int32

    /// How much space is set aside for a token record before a refresh token is spent, in bytes.
    static let reservedSpace = 65_536
    /// The same for the state beside it.
    static let reservedSpaceForState = 4096

    /// Makes the file (0600), under a name of its own in the same folder.
    init(in folder: PrivateFolder, for name: String) throws(FileFailure) {
        self.folder = folder
        // What goes wrong is told of the file that it is for.
        target = folder.file(name)
        let random = UInt64.random(in: 0...UInt64.max)
        temporary = folder.file("\(name).new.\(ProcessTable.place).\(getpid()).\(random)")
        do {
            descriptor = try Posix.open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
        } catch {
            throw FileFailure(path: target, code: error.code)
        }
    }

    deinit {
        close(descriptor)
        unlink(temporary)
    }

    /// Sets so many bytes aside, so that the disk can't be full later.
    func reserve(_ count: Int) throws(FileFailure) {
        try Posix.reserve(count, descriptor, target)
    }

    /// Takes the place of `name`; with `durably`, on stable storage when this returns.
    func replace(_ name: String, with bytes: [UInt8], durably: Bool) throws(FileFailure) {
        try Posix.writeAll(descriptor, target, bytes)
        if durably { try Posix.synchronize(descriptor, target) }
        try Posix.rename(temporary, folder.file(name))
        if durably { try Posix.synchronizeFolder(folder.path) }
    }
}
