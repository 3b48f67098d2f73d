import CSQLite
import Locking
import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The database file: how it is made, opened and checked.
final class TokenDatabase: Sendable {
    let path: String
    /// Whether it is read as it stands, and never again.
    let isImmutable: Bool
    private let connection: Guarded<Connection>
    private let file: stat

    /// The number of the tables' form, in `user_version`.
    static let version: Int64 = 1
    /// Marks the file as ours, in `application_id`: the letters "oidc".
    static let mark: Int64 = 0x6f69_6463

    private init(path: String, connection: Connection, isImmutable: Bool = false, file: stat = stat()) {
        self.path = path
        self.isImmutable = isImmutable
        self.connection = Guarded(connection)
        self.file = file
    }

    /// Whether the file of its name is the one that was opened to be read.
    var isCurrent: Bool {
        let now = Self.status(path)
        return now.st_ino == file.st_ino && now.st_dev == file.st_dev && now.st_nlink > 0
    }

    private static func status(_ path: String) -> stat {
        var status = stat()
        if stat(path, &status) != 0 { status.st_nlink = 0 }
        return status
    }

    /// Opens the database to write to it, and makes it where there is none.
    static func opened(in folder: any StoreFolder, _ name: String) throws(TokenStoreError) -> TokenDatabase {
        try folder.ensure()
        try folder.makeFile(name)
        try checkFiles(folder, name)
        let path = folder.path + "/" + name
        let (connection, _) = try connected(path, isWriting: true) { connection throws(SQLiteFailure) in
            try secure(connection)
            if try connection.number("PRAGMA user_version") == 0 { try fill(connection) }
            // It left this mode where a removal found a full disk, see `openedWithoutLog`.
            if try connection.run("PRAGMA journal_mode").first?.first?.text != "wal" { try useLog(connection) }
        }
        return TokenDatabase(path: path, connection: connection)
    }

    /// Opens the database to read it, which is there; nil while it is still being made.
    ///
    /// On a disk that is full or can't be written to it is read as it stands, if nothing waits in its log.
    ///
    /// - Parameter removes: whether something is to be removed from it, where it is there.
    static func openedForReading(in folder: any StoreFolder, _ name: String, removes: Bool = false)
        throws(TokenStoreError) -> TokenDatabase?
    {
        let path = folder.path + "/" + name
        let prepare = { (connection: Connection) throws(SQLiteFailure) in
            if removes { try secure(connection) }
        }
        var opened: (connection: Connection, version: Int64)
        var isImmutable = false
        // Before it is opened: where it is replaced meanwhile, it is opened once more for nothing.
        let file = status(path)
        do {
            opened = try connected(path, isWriting: false, prepare)
        } catch {
            guard case .notReadable = error, isLogEmpty(path) else { throw error }
            isImmutable = true
            opened = try connected(path, isWriting: false, isImmutable: true, prepare)
        }
        // What is still being made has no tables.
        guard opened.version != 0 else { return nil }
        return TokenDatabase(path: path, connection: opened.connection, isImmutable: isImmutable, file: file)
    }

    /// Whether there is a database, with its folder and files checked.
    static func isThere(in folder: any StoreFolder, _ name: String) throws(TokenStoreError) -> Bool {
        guard folder.isThere else { return false }
        try folder.ensure()
        guard try folder.hasFile(name) else { return false }
        for suffix in logSuffixes { _ = try folder.hasFile(name + suffix) }
        return true
    }

    /// Opens the database with its log brought in and gone, and what it takes to undo a change in memory alone.
    ///
    /// Nobody else may have it open. If the machine stops while it is written like this, it may be damaged: only for what
    /// is to be done on a disk without any room.
    static func openedWithoutLog(in folder: any StoreFolder, _ name: String) throws(TokenStoreError) -> TokenDatabase {
        let path = folder.path + "/" + name
        let (connection, _) = try connected(path, isWriting: true, isAlone: true) { connection throws(SQLiteFailure) in
            try secure(connection)
            try connection.run("PRAGMA journal_mode = MEMORY")
        }
        return TokenDatabase(path: path, connection: connection)
    }

    /// Uses the open database, one thread at a time.
    func use<Result>(isWriting: Bool, _ body: (Connection) throws(SQLiteFailure) -> Result) throws(TokenStoreError)
        -> Result
    {
        do {
            return try connection.with { connection throws(SQLiteFailure) in
                try Self.patiently { () throws(SQLiteFailure) in try body(connection) }
            }
        } catch {
            throw error.told(path, isWriting: isWriting)
        }
    }

    private static func connected(
        _ path: String, isWriting: Bool, isImmutable: Bool = false, isAlone: Bool = false,
        _ prepare: (Connection) throws(SQLiteFailure) -> Void
    ) throws(TokenStoreError) -> (connection: Connection, version: Int64) {
        do {
            let connection = try Connection(path, isImmutable: isImmutable)
            try patiently { () throws(SQLiteFailure) in
                // Alone, it needs no shared memory, and so no room for that.
                if isAlone { try connection.run("PRAGMA locking_mode = EXCLUSIVE") }
                try connection.run("PRAGMA trusted_schema = OFF")
                try prepare(connection)
            }
            return (connection, try check(connection, path))
        } catch let failure as SQLiteFailure {
            throw failure.told(path, isWriting: isWriting)
        } catch let error as TokenStoreError {
            throw error
        } catch {
            throw .notReadable(path: path, reason: "\(error)")
        }
    }

    /// Before anything is written: what is removed is overwritten, and what is committed is on stable storage.
    private static func secure(_ connection: Connection) throws(SQLiteFailure) {
        try connection.run("PRAGMA synchronous = FULL")
        try connection.run("PRAGMA secure_delete = ON")
    }

    /// Refuses what a newer version wrote, and what is no database of ours at all; gives the number of the tables' form.
    private static func check(_ connection: Connection, _ path: String) throws -> Int64 {
        // One statement sees one moment: another process may be making the tables.
        let row =
            try patiently { () throws(SQLiteFailure) in
                try connection.run(
                    """
                    SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema)
                    FROM pragma_user_version, pragma_application_id
                    """)
            }.first?.map { $0.integer ?? 0 } ?? []
        guard row.count == 3 else {
            throw TokenStoreError.notReadable(path: path, reason: "it does not say what it is")
        }
        let (version, isOurs) = (row[0], row[1] == mark)
        if isOurs, version > Self.version {
            throw TokenStoreError.unusable(
                path: path, reason: "a newer aws-oidc made it (format \(version); this one knows \(Self.version))",
                remedy: "Use that version, or name another file by --cache sqlite:PATH.")
        }
        if !isOurs, version != 0 || row[2] != 0 {
            throw TokenStoreError.refused(
                path: path, reason: "it is a database of another program",
                remedy: "Name another file by --cache sqlite:PATH.")
        }
        return version
    }

    /// Makes the tables in an empty file; one with anything in it stays as it is.
    private static func fill(_ connection: Connection) throws(SQLiteFailure) {
        guard try connection.number("SELECT count(*) FROM sqlite_schema") == 0 else { return }
        try useLog(connection)
        try connection.alone { () throws(SQLiteFailure) in
            // Another process may have been faster.
            guard try connection.number("PRAGMA user_version") == 0 else { return }
            _ = try connection.run(
                """
                CREATE TABLE tokens (
                    key TEXT PRIMARY KEY, generation INTEGER NOT NULL, removed INTEGER NOT NULL,
                    checkpoint INTEGER NOT NULL, refused BLOB, record BLOB)
                """)
            try connection.run("CREATE TABLE reserved (filler BLOB)")
            try connection.run("PRAGMA application_id = \(mark)")
            try connection.run("PRAGMA user_version = \(version)")
        }
    }

    private static func useLog(_ connection: Connection) throws(SQLiteFailure) {
        let isOurs = try connection.number("PRAGMA application_id") == mark
        guard try isOurs ? true : connection.number("SELECT count(*) FROM sqlite_schema") == 0 else { return }
        let mode = try connection.run("PRAGMA journal_mode = WAL").first?.first?.text
        guard mode == "wal" else {
            throw SQLiteFailure(code: SQLITE_CANTOPEN, systemError: 0, message: "SQLite can't keep a log beside it")
        }
    }

    /// Tries again where SQLite says at once that another process is in the way, such as while that one opens or closes.
    static func patiently<Result>(_ body: () throws(SQLiteFailure) -> Result) throws(SQLiteFailure) -> Result {
        let end = uptime() + Double(Connection.patience)
        while true {
            do {
                return try body()
            } catch {
                guard error.isBusy, uptime() < end else { throw error }
                // Nothing tells when that process is done: SQLite's own waiting does not cover this.
                usleep(5000)
            }
        }
    }

    private static func uptime() -> Double {
        var clock = timespec()
        clock_gettime(CLOCK_MONOTONIC, &clock)
        return Double(clock.tv_sec) + Double(clock.tv_nsec) / 1e9
    }

    /// The database's files must be ours, and are for nobody else to read.
    private static func checkFiles(_ folder: any StoreFolder, _ name: String) throws(TokenStoreError) {
        for suffix in [""] + logSuffixes { _ = try folder.hasFile(name + suffix) }
    }

    /// What SQLite keeps beside it.
    private static let logSuffixes = ["-wal", "-shm"]

    private static func isLogEmpty(_ path: String) -> Bool {
        var status = stat()
        return lstat(path + "-wal", &status) == 0 ? status.st_size == 0 : errno == ENOENT
    }
}
