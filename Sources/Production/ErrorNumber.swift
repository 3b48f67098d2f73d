package import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the system's error numbers (errno) tell a token store, whichever of its calls has failed.
package enum ErrorNumber {
    /// What is missing; nil where the number does not tell.
    package static func lack(_ code: Int32) -> StoreLack? {
        switch code {
        case ENOSPC, EDQUOT: .room
        case EACCES, EPERM, EROFS: .permission
        case ENOTDIR: .folder
        default: nil
        }
    }

    /// Whether the file system has no hard links, or keeps them for others.
    package static func lacksLinks(_ code: Int32) -> Bool {
        [EPERM, EOPNOTSUPP, ENOTSUP, ENOSYS, EMLINK, EINVAL, EXDEV].contains(code)
    }
}
