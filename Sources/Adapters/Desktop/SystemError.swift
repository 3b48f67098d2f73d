#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An error number of the C library.
struct SystemError: Error, Hashable {
    let code: Int32

    /// The error of the call that just failed.
    static var latest: SystemError { SystemError(code: errno) }

    /// The system's words for it, fit for the middle of a sentence.
    var reason: String { String(cString: strerror(code)) }
}
