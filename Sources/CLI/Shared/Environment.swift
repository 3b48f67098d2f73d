#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The environment of this process.
package enum Environment {
    /// Its variables, read once.
    package static let variables = ProcessInfo.processInfo.environment
}
