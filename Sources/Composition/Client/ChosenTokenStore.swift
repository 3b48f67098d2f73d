import Domain
import Locking
import Ports

/// A store that is chosen when it is first used: a process that needs no tokens does not look at their folder.
final class ChosenTokenStore: TokenStore {
    private let choose: @Sendable () throws(TokenStoreError) -> any TokenStore
    private let slow: @Sendable () async -> Void
    private let chosen = Guarded<(any TokenStore)?>(nil)

    /// The store that will be chosen so.
    ///
    /// - Parameter slow: begun with each look, and cancelled with its end: it may say what takes so long.
    init(
        slow: @escaping @Sendable () async -> Void = {},
        _ choose: @escaping @Sendable () throws(TokenStoreError) -> any TokenStore
    ) {
        self.slow = slow
        self.choose = choose
    }

    func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? {
        try patiently { () throws(TokenStoreError) in try store().read(key) }
    }

    func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        try await store().produce(
            key, purpose, waitingUntil: deadline, isEnough: isEnough, isRight: isRight, body: body)
    }

    func remove(_ key: TokenKey) throws(TokenStoreError) {
        try patiently { () throws(TokenStoreError) in try store().remove(key) }
    }

    func isRemoved(_ key: TokenKey) throws(TokenStoreError) -> Bool {
        try patiently { () throws(TokenStoreError) in try store().isRemoved(key) }
    }

    func damage(_ key: TokenKey) -> TokenStoreError? { (try? store())?.damage(key) }

    private func patiently<Result>(_ body: () throws(TokenStoreError) -> Result) throws(TokenStoreError) -> Result {
        let slow = Task { [slow] in await slow() }
        defer { slow.cancel() }
        return try body()
    }

    private func store() throws(TokenStoreError) -> any TokenStore {
        try chosen.with { chosen throws(TokenStoreError) in
            if let chosen { return chosen }
            let store = try choose()
            chosen = store
            return store
        }
    }
}
