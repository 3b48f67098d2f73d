import CSQLite
import Ports
import Production

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A call that SQLite refused.
struct SQLiteFailure: Error {
    /// Its extended result code.
    let code: Int32
    /// The system's error number, where it was the system that refused; it may be 0 or that of an earlier call.
    let systemError: Int32
    /// SQLite's words.
    let message: String

    /// That there is no SQLite on this machine, in these words.
    static func noLibrary(_ message: String) -> SQLiteFailure {
        SQLiteFailure(code: withoutLibrary, systemError: 0, message: message)
    }

    /// No code of SQLite's.
    private static let withoutLibrary: Int32 = -1

    private var primary: Int32 { code & 0xff }

    /// Whether there is no room for what is to be written; the shared memory's file is written before anything is read.
    var isNoRoom: Bool { primary == SQLITE_FULL || code == SQLITE_IOERR | (19 << 8) }

    /// Whether another process was in the way, in a case that SQLite does not wait for.
    var isBusy: Bool { primary == SQLITE_BUSY }

    /// What the caller is told of this trouble with the file at `path`.
    func told(_ path: String, isWriting: Bool) -> TokenStoreError {
        if code == Self.withoutLibrary {
            return .refused(
                path: path, reason: message, remedy: "Install \(SQLiteLibrary.package), or run it with --cache file.")
        }
        switch primary {
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            return .unusable(
                path: path, reason: "it is damaged, or no SQLite database (\(message))",
                remedy: "Move it away (mv '\(path)' '\(path).damaged') and sign in again.")
        case SQLITE_BUSY:
            // Not a place to read or write past it: what that process is about is not known.
            return .refused(
                path: path, reason: "another process has held it locked for \(Connection.patience) s",
                remedy: "Run it again; if that process hangs, end it (fuser -v '\(path)' shows it).")
        default:
            let code = systemCode(path)
            let reason = code == 0 ? message : String(cString: strerror(code))
            let lack = ErrorNumber.lack(code)
            return isWriting
                ? .notWritable(path: path, reason: reason, lack: lack)
                : .notReadable(path: path, reason: reason, lack: lack)
        }
    }

    /// What the system has against the file at `path`; 0 where only SQLite has something against it.
    private func systemCode(_ path: String) -> Int32 {
        if isNoRoom { return ENOSPC }
        if primary == SQLITE_CANTOPEN || primary == SQLITE_READONLY {
            // Beside the file lies its log.
            let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
            for place in [path, folder] where access(place, W_OK) != 0 { return errno }
        }
        return systemError
    }
}
