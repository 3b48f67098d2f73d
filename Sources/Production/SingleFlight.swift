package import Domain
package import Ports

/// Production for one key, in one process at a time: the same for every store whose right is a lock of this host.
package struct SingleFlight<Records: TokenRecords>: Sendable {
    private let queue: ProductionQueue<Records>

    /// Production of these records by whoever has that right.
    ///
    /// - Parameter elsewhere: called from time to time while somebody else has it; it may bring records from another store.
    package init(
        records: Records, right: any ProductionRight, limits: ProductionLimits, time: any TimeSource,
        notices: any Notices, elsewhere: (@Sendable () -> Void)? = nil
    ) {
        queue = ProductionQueue(
            records: records, right: right, limits: limits, time: time, notices: notices, elsewhere: elsewhere)
    }

    /// What `TokenStore.produce` promises.
    package func produce(
        _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?, isEnough: (TokenSet) -> Bool,
        isRight: (TokenSet) -> Bool, body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        switch try await queue.turn(until: deadline, isEnough: isEnough, isRight: isRight) {
        case .taken(let tokens):
            return ProducedTokens(tokens: tokens, unstored: nil)
        case .mine(let right):
            right.note(purpose, since: queue.time.now())
            defer { right.end() }
            return try await produce(body)
        }
    }

    private func produce(
        _ body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        if let remark = try queue.records.tidy() { queue.notices.warn(remark) }
        let production = RecordProduction(records: queue.records, look: try queue.records.look())
        do {
            let tokens = try await body(production)
            return production.publish(tokens)
        } catch {
            throw .stopped(error.reason)
        }
    }
}
