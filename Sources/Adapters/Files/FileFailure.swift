import Ports
import Production

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file call that the system refused.
struct FileFailure: Error, Sendable, CustomStringConvertible {
    /// The file or folder.
    let path: String
    /// The error number.
    let code: Int32

    /// The error of the call that just failed on that path.
    static func latest(_ path: String) -> FileFailure { FileFailure(path: path, code: errno) }

    /// The system's words, fit for the middle of a sentence.
    var reason: String { code == 0 ? "it is not what it should be" : String(cString: strerror(code)) }

    var description: String { "\(path): \(reason)" }

    /// What a store tells that could not be written because of it; `place` where another path says more.
    func whenWriting(_ place: String? = nil) -> TokenStoreError {
        .notWritable(path: place ?? path, reason: reason, lack: lack)
    }

    /// What a store tells that could not be read because of it.
    var whenReading: TokenStoreError { .notReadable(path: path, reason: reason, lack: lack) }

    /// What is missing, where the system tells.
    private var lack: StoreLack? { ErrorNumber.lack(code) }

    /// Whether room is what is missing to write there.
    var lacksRoom: Bool { lack == .room }

    /// Whether permission is what is missing to write there.
    var lacksPermission: Bool { lack == .permission }

    /// Whether the file's permissions, or those of a folder above it, are in the way.
    var isOfPermission: Bool { code == EACCES || code == EPERM }

    /// Whether the file system has no hard links, or keeps them for others.
    var lacksLinks: Bool { ErrorNumber.lacksLinks(code) }

    /// Whether the file simply is not there.
    var isAbsence: Bool { code == ENOENT || code == ENOTDIR }
}
