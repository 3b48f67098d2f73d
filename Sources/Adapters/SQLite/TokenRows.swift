import CSQLite
import Domain
import Ports
import Production

/// One key's row, and how it is read and replaced.
struct TokenRows: TokenRecords {
    let database: TokenDatabase
    let key: String
    let coding: any TokenCoding
    let digester: any Digester

    /// What a row says.
    struct Look: TokenLook {
        var tokens: TokenSet?
        var generation: UInt64 = 0
        var isRemoved = false
        /// Whether the record is a rotated refresh token and nothing more.
        var isCheckpoint = false
        /// The SHA-256 of a refresh token that the provider has refused.
        var refused: [UInt8] = []
        /// That the record is a newer version's.
        var newer: NewerTokenFormat?

        var isProduced: Bool { !isCheckpoint }
        /// Whether there is a record that does not decode.
        var isDamaged: Bool { tokens == nil && generation > 0 && !isRemoved }
    }

    /// Nothing to hand on: what was set aside lies in the database's own files.
    struct Reservation: Sendable {}

    /// How much room is made before a refresh token is spent, in bytes: for two records with the pages around them.
    private static let reservedSpace: Int64 = 131_072

    func look() throws(TokenStoreError) -> Look {
        let look = try database.use(isWriting: false, look)
        if let newer = look.newer {
            throw .unusable(path: database.path, reason: newer.reason, remedy: NewerTokenFormat.remedy)
        }
        return look
    }

    private func look(_ connection: Connection) throws(SQLiteFailure) -> Look {
        let rows = try connection.run(
            "SELECT generation, removed, checkpoint, refused, record FROM tokens WHERE key = ?", .text(key))
        guard let row = rows.first, row.count == 5 else { return Look() }
        var look = Look(
            generation: row[0].integer.flatMap { UInt64(exactly: $0) } ?? 0, isRemoved: row[1].integer == 1,
            isCheckpoint: row[2].integer == 1, refused: row[3].bytes ?? [])
        do {
            if let bytes = row[4].bytes { look.tokens = try coding.decode(bytes) }
        } catch {
            look.newer = error
        }
        return look
    }

    func stored(_ look: Look) -> StoredTokens? {
        guard let tokens = look.tokens else { return nil }
        let isRefused = tokens.refreshToken.map { hash($0) == look.refused } ?? false
        return StoredTokens(tokens: tokens, generation: look.generation, isRefreshTokenRefused: isRefused)
    }

    func tidy() throws(TokenStoreError) -> String? {
        // A producer that was killed has left a filler behind; where it can't go, the reservation will tell.
        try? database.use(isWriting: true) { connection throws(SQLiteFailure) in
            guard try connection.number("SELECT count(*) FROM reserved") > 0 else { return }
            try connection.run("DELETE FROM reserved")
        }
        return try look().isDamaged ? "a token record in \(database.path) could not be read; it is passed over." : nil
    }

    /// Makes room in the database and in its log.
    ///
    /// A filler is written, which lets both files grow, and removed again, which leaves its pages free in the one, and
    /// the other to be written from its start. Other keys' producers draw on the same room.
    func reserve() throws(TokenStoreError) -> [Reservation] {
        try database.use(isWriting: true) { connection throws(SQLiteFailure) in
            try connection.run("INSERT INTO reserved VALUES (zeroblob(\(Self.reservedSpace)))")
            try emptyLog(connection)
            try connection.run("DELETE FROM reserved")
            try emptyLog(connection)
        }
        return []
    }

    /// Brings the log's content into the database, so that the next one to write begins at the log's start.
    ///
    /// It takes a moment in which nobody reads there. SQLite itself looks for one ten times a second, which is too seldom
    /// beside sixty processes that wait and look.
    private func emptyLog(_ connection: Connection) throws(SQLiteFailure) {
        connection.setPatience(seconds: 0)
        defer { connection.setPatience(seconds: Connection.patience) }
        try TokenDatabase.patiently { () throws(SQLiteFailure) in
            let row = try connection.run("PRAGMA wal_checkpoint(RESTART)").first
            if row?.first?.integer == 1 {
                throw SQLiteFailure(code: SQLITE_BUSY, systemError: 0, message: "the log is in use")
            }
        }
    }

    func publish(_ tokens: TokenSet, after look: Look, isCheckpoint: Bool, into reserved: Reservation?)
        throws(TokenStoreError) -> (published: Bool, look: Look)
    {
        guard let bytes = coding.encode(tokens) else {
            throw .notWritable(path: database.path, reason: "the tokens can't be encoded")
        }
        return try database.use(isWriting: true) { connection throws(SQLiteFailure) in
            try connection.alone { () throws(SQLiteFailure) in
                let now = try self.look(connection)
                guard now.generation == look.generation else { return (false, now) }
                let next = Look(tokens: tokens, generation: now.generation + 1, isCheckpoint: isCheckpoint)
                try write(next, .bytes(bytes), connection)
                return (true, next)
            }
        }
    }

    func noteRefused(_ refreshToken: Secret) throws(TokenStoreError) {
        let hash = hash(refreshToken)
        try database.use(isWriting: true) { connection throws(SQLiteFailure) in
            _ = try connection.run("UPDATE tokens SET refused = ? WHERE key = ?", .bytes(hash), .text(key))
        }
    }

    /// Leaves a row without a record, whose number is higher than that of the last one.
    func remove() throws(TokenStoreError) {
        _ = try look()
        try database.use(isWriting: true) { connection throws(SQLiteFailure) in
            try connection.alone { () throws(SQLiteFailure) in
                let now = try look(connection)
                try write(Look(generation: now.generation + 1, isRemoved: true), .none, connection)
            }
            // What was removed is not to stay in the log; while others read there, the last of them sees to it.
            _ = try? connection.run("PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    private func write(_ look: Look, _ record: Value, _ connection: Connection) throws(SQLiteFailure) {
        try connection.run(
            "INSERT OR REPLACE INTO tokens (key, generation, removed, checkpoint, record) VALUES (?, ?, ?, ?, ?)",
            .text(key), .integer(Int64(clamping: look.generation)), .integer(look.isRemoved ? 1 : 0),
            .integer(look.isCheckpoint ? 1 : 0), record)
    }

    private func hash(_ secret: Secret) -> [UInt8] { digester.digest(Array(secret.revealed.utf8), .sha256) }
}
