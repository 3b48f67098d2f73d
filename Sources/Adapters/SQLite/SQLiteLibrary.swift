import CSQLite
import Domain

/// SQLite, opened by the first database: whoever keeps tokens elsewhere is spared it.
enum SQLiteLibrary {
    #if canImport(Darwin)
        static let fileNames = ["libsqlite3.dylib", "/usr/lib/libsqlite3.dylib"]
        static let package = "sqlite"
    #else
        static let fileNames = ["libsqlite3.so.0"]
        static let package = "libsqlite3-0 (sqlite-libs on Fedora and Amazon Linux)"
    #endif

    /// Opened once in the life of the process, whoever asks first.
    private static let outcome: SQLiteFailure? = load(fileNames)

    /// Makes SQLite ready for use.
    static func load() throws(SQLiteFailure) {
        if let outcome { throw outcome }
    }

    /// Opens the first of these files that is a usable SQLite; nil, or why there is none.
    static func load(_ fileNames: [String]) -> SQLiteFailure? {
        var firstReason: String?
        for name in fileNames {
            guard let reason = reasonAgainst(name) else { return nil }
            firstReason = firstReason ?? reason
        }
        return .noLibrary("SQLite can't be loaded (\(firstReason ?? "no file"))")
    }

    private static func reasonAgainst(_ fileName: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { reason in
            guard let start = reason.baseAddress, aws_oidc_sqlite_load(fileName, start, reason.count) != 0 else {
                return nil
            }
            return PrintableText.line(String(cString: start))
        }
    }
}
