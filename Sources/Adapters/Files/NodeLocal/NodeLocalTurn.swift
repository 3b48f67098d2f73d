import Domain
import Locking
import Ports

/// One production of a host, under its own right: the shared right is asked for, and the body runs under both.
final class NodeLocalTurn: Sendable {
    /// An error of the shared store on its way through the production of the host's own.
    struct SharedProblem: Error {
        let error: TokenStoreError
    }

    private let key: TokenKey
    private let purpose: ProductionPurpose
    private let deadline: Deadline?
    private let stores: NodeLocalStores
    /// Where what the host's own store publishes came from.
    let source: Guarded<RecordSource>
    private let production = Guarded<NodeLocalProduction?>(nil)

    init(
        key: TokenKey, purpose: ProductionPurpose, deadline: Deadline?, stores: NodeLocalStores,
        source: Guarded<RecordSource>
    ) {
        self.key = key
        self.purpose = purpose
        self.deadline = deadline
        self.stores = stores
        self.source = source
    }

    /// Whether the shared store has what was produced.
    var isShared: Bool { source.with { $0.origin.map { $0.alone == nil } ?? false } }

    /// Whether the shared store has something newer, or a removal.
    var isDropped: Bool { source.with { $0.isWithheld } }

    func produce(
        _ mine: any TokenProduction, isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(ProductionStop) -> TokenSet {
        let record = try hostRecord()
        // Until it turns out that something is to be made here.
        source.with { $0.isCopy = true }
        // What was made here alone may be newer than what is there, live as that may be: it must not be lost.
        let mayBeAhead = record.stored != nil && (record.origin.map { $0.alone != nil } ?? true)
        do {
            let produced = try await stores.shared.produce(
                key, purpose, waitingUntil: deadline, isEnough: { !mayBeAhead && isEnough($0) }, isRight: isRight
            ) { right throws(ProductionStop) in
                // Where it is begun anew, what is here has changed since.
                let both = begin(mine, .right(right), try hostRecord())
                if let newest = try level(both), isEnough(newest.tokens) { return newest.tokens }
                return try await answered(both, body)
            }
            (production.with { $0 } ?? begin(mine, .none, record)).settle(produced)
            return produced.tokens
        } catch .stopped(let reason) {
            throw ProductionStop(reason)
        } catch {
            guard !error.isAnswer, production.with({ $0.map { !$0.hasSpent } ?? true }) else {
                throw ProductionStop(SharedProblem(error: error))
            }
            return try await produceAlone(mine, record, error, isEnough, body)
        }
    }

    private func hostRecord() throws(ProductionStop) -> HostRecord {
        do {
            return try stores.local.hostRecord(key)
        } catch {
            throw ProductionStop(SharedProblem(error: error))
        }
    }

    private func produceAlone(
        _ mine: any TokenProduction, _ record: HostRecord, _ error: TokenStoreError, _ isEnough: (TokenSet) -> Bool,
        _ body: (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(ProductionStop) -> TokenSet {
        stores.warnOfShared(error)
        let alone = begin(mine, .init(after: error), record)
        if let newest = try level(alone), isEnough(newest.tokens) { return newest.tokens }
        let tokens = try await answered(alone, body)
        alone.isAlone()
        return tokens
    }

    private func answered(
        _ production: NodeLocalProduction,
        _ body: (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(ProductionStop) -> TokenSet {
        source.with { $0.isCopy = false }
        do throws(ProductionStop) {
            return try await body(production)
        } catch {
            production.noteUnanswered()
            throw error
        }
    }

    private func begin(_ mine: any TokenProduction, _ contact: NodeLocalProduction.Contact, _ record: HostRecord)
        -> NodeLocalProduction
    {
        let hasSpent = production.with { $0?.hasSpent ?? false }
        let begun = NodeLocalProduction(
            key, purpose, mine, contact, record: record, hasSpent: hasSpent, stores: stores, source: source)
        production.with { $0 = begun }
        return begun
    }

    private func level(_ production: NodeLocalProduction) throws(ProductionStop) -> StoredTokens? {
        do {
            return try production.level()
        } catch {
            throw ProductionStop(SharedProblem(error: error))
        }
    }
}
