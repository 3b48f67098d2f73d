#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The environment of this process.
enum Environment {
    /// Its variables, read once.
    static let variables = ProcessInfo.processInfo.environment
}
