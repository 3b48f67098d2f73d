/// Writes what happened for the one who has to find out why.
package protocol Log: Sendable {
    /// One event with its fields. No secret goes in, by the types: a `Secret` prints as `<redacted>`.
    func write(_ level: LogLevel, _ event: String, _ fields: KeyValuePairs<String, String>)
}

/// How much an event matters.
package enum LogLevel: Int, Sendable, Comparable {
    case error
    case warning
    case info
    case debug

    package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

extension LogLevel: CustomStringConvertible {
    package var description: String {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .info: "info"
        case .debug: "debug"
        }
    }
}
