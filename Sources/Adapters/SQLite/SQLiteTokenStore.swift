package import Domain
package import Ports
import Production

/// The token cache in one SQLite database on a local disk, for one host with many keys.
///
/// A row is a key's record; its number, its removal and what is known of it stand in the same row, so that each change is
/// one transaction. The right to produce is a lock of this host beside the database.
package struct SQLiteTokenStore: TokenStore {
    private let folder: any StoreFolder
    private let name: String
    private let limits: ProductionLimits
    private let coding: any TokenCoding
    private let digester: any Digester
    private let time: any TimeSource
    private let notices: any Notices
    private let kept = KeptDatabase()

    /// The store in the file of that name in that folder, both made when something is to be stored.
    package init(
        folder: any StoreFolder, name: String, limits: ProductionLimits, coding: any TokenCoding,
        digester: any Digester, time: any TimeSource, notices: any Notices
    ) {
        self.folder = folder
        self.name = name
        self.limits = limits
        self.coding = coding
        self.digester = digester
        self.time = time
        self.notices = notices
    }

    package func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? {
        guard let database = try kept.opened(in: folder, name) else { return nil }
        let rows = rows(key, database)
        return rows.stored(try rows.look())
    }

    package func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        // A look that needs no writing first: what is live serves also where the disk is full.
        if let tokens = try read(key)?.tokens, isEnough(tokens) { return ProducedTokens(tokens: tokens, unstored: nil) }
        let rows = rows(key, try TokenDatabase.opened(in: folder, name))
        // Two keys of one hash would only wait for each other.
        let right = folder.right("\(name).\(FNV1a.hexadecimal(key.text)).right")
        return try await SingleFlight(records: rows, right: right, limits: limits, time: time, notices: notices)
            .produce(purpose, waitingUntil: deadline, isEnough: isEnough, isRight: isRight, body: body)
    }

    package func lastChange(_ key: TokenKey) throws(TokenStoreError) -> LastChange {
        guard let database = try kept.opened(in: folder, name) else { return LastChange() }
        let look = try rows(key, database).look()
        return LastChange(generation: look.generation, isRemoval: look.isRemoved)
    }

    package func damage(_ key: TokenKey) -> TokenStoreError? {
        guard let database = try? kept.opened(in: folder, name), (try? rows(key, database).look())?.isDamaged == true
        else { return nil }
        return .unusable(
            path: database.path, reason: "a record in it is damaged, or no token record at all",
            remedy: "The next sign-in takes its place.")
    }

    package func remove(_ key: TokenKey) throws(TokenStoreError) {
        do {
            try removeByLog(key)
        } catch {
            kept.close()
            // Without any room for the log; what the way without it says is no use to anybody.
            guard case .notWritable = error, let database = try? TokenDatabase.openedWithoutLog(in: folder, name),
                (try? rows(key, database).remove()) != nil
            else { throw error }
        }
    }

    private func removeByLog(_ key: TokenKey) throws(TokenStoreError) {
        guard try TokenDatabase.isThere(in: folder, name),
            let database = try TokenDatabase.openedForReading(in: folder, name, removes: true)
        else { return }
        try rows(key, database).remove()
    }

    private func rows(_ key: TokenKey, _ database: TokenDatabase) -> TokenRows {
        TokenRows(database: database, key: key.text, coding: coding, digester: digester)
    }
}
