import CLibrary

/// A word on what is waited for while a call of the system keeps this process, with no thread for it: its start is short.
package enum OverdueWord {
    /// How long is too long without it, in seconds.
    private static let patience: UInt32 = 3

    /// Does that; says the line on standard error where it takes too long.
    package static func during<Result, Failure>(
        _ line: String, _ call: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard aws_oidc_overdue_begin(line, patience) == 0 else { return try call() }
        defer { aws_oidc_overdue_end() }
        return try call()
    }
}
