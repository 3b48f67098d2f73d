import Domain
import Locking
import Ports

/// A store that is chosen when it is first used: a process that needs no tokens does not look at their folder.
final class ChosenTokenStore: TokenStore {
    private let choose: @Sendable () throws(TokenStoreError) -> any TokenStore
    private let chosen = Guarded<(any TokenStore)?>(nil)

    init(_ choose: @escaping @Sendable () throws(TokenStoreError) -> any TokenStore) {
        self.choose = choose
    }

    func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? { try store().read(key) }

    func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        try await store().produce(
            key, purpose, waitingUntil: deadline, isEnough: isEnough, isRight: isRight, body: body)
    }

    func remove(_ key: TokenKey) throws(TokenStoreError) { try store().remove(key) }

    func isRemoved(_ key: TokenKey) throws(TokenStoreError) -> Bool { try store().isRemoved(key) }

    func damage(_ key: TokenKey) -> TokenStoreError? { (try? store())?.damage(key) }

    private func store() throws(TokenStoreError) -> any TokenStore {
        try chosen.with { chosen throws(TokenStoreError) in
            if let chosen { return chosen }
            let store = try choose()
            chosen = store
            return store
        }
    }
}
