package import Domain
import Locking
package import Ports
import Production

/// The token cache of one process, gone with it: for tests of what stands upon a store.
///
/// Its production is that of the stores that last (`SingleFlight`); only records and rights are in memory.
package struct MemoryTokenStore: TokenStore {
    /// What the stores of one test share.
    package final class Contents: Sendable {
        let rows = Guarded<[String: MemoryRecords.Look]>([:])
        let holders = Guarded<[String: MemoryRight.Holder]>([:])

        /// Nothing yet.
        package init() {}
    }

    private let contents: Contents
    private let limits: ProductionLimits
    private let time: any TimeSource
    private let notices: any Notices

    /// A store of these contents.
    package init(_ contents: Contents, limits: ProductionLimits, time: any TimeSource, notices: any Notices) {
        self.contents = contents
        self.limits = limits
        self.time = time
        self.notices = notices
    }

    package func read(_ key: TokenKey) -> StoredTokens? {
        let records = records(key)
        return records.stored(records.look())
    }

    package func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        let right = MemoryRight(key: key.text, holders: contents.holders)
        return try await SingleFlight(
            records: records(key), right: right, limits: limits, time: time, notices: notices
        ).produce(purpose, waitingUntil: deadline, isEnough: isEnough, isRight: isRight, body: body)
    }

    package func remove(_ key: TokenKey) { records(key).remove() }

    package func lastChange(_ key: TokenKey) -> LastChange {
        let look = records(key).look()
        return LastChange(generation: look.generation, isRemoval: look.tokens == nil && look.isRemoved)
    }

    private func records(_ key: TokenKey) -> MemoryRecords { MemoryRecords(key: key.text, rows: contents.rows) }
}
