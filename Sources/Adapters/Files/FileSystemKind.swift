import CLibrary
import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What kind of file system a path lies on.
enum FileSystemKind {
    /// Whether other hosts may share it; false where the system does not tell.
    static func isNetwork(_ path: String) -> Bool {
        guard let descriptor = try? Posix.open(path, O_RDONLY) else { return false }
        defer { close(descriptor) }
        #if os(Linux)
            return NetworkFileSystem.isNetwork(magic: aws_oidc_file_system_magic(descriptor))
        #else
            var status = statfs()
            return fstatfs(descriptor, &status) == 0 && status.f_flags & UInt32(MNT_LOCAL) == 0
        #endif
    }
}
