import Domain
import Ports

/// The store, with every refresh token that is about to be sent, and every successor that is kept, in the diary.
struct WatchedStore: TokenStore {
    let store: any TokenStore
    let diary: Diary

    func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? { try store.read(key) }

    func remove(_ key: TokenKey) throws(TokenStoreError) { try store.remove(key) }

    func lastChange(_ key: TokenKey) throws(TokenStoreError) -> LastChange { try store.lastChange(key) }

    func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        try await store.produce(
            key, purpose, waitingUntil: deadline, isEnough: isEnough, isRight: isRight,
            body: { production throws(ProductionStop) in
                try await body(WatchedProduction(production: production, diary: diary))
            })
    }
}

private struct WatchedProduction: TokenProduction {
    let production: any TokenProduction
    let diary: Diary

    func newest() throws(TokenStoreError) -> StoredTokens? { try production.newest() }

    func reserve() throws(TokenStoreError) { try production.reserve() }

    func spend(_ refreshToken: Secret) async throws(TokenStoreError) -> Spending {
        let spending = try await production.spend(refreshToken)
        diary.write("\(spending == .spent ? "spent-already" : "spends") \(Self.short(refreshToken))")
        return spending
    }

    func keep(_ refreshToken: Secret) {
        production.keep(refreshToken)
        diary.write("keeps \(Self.short(refreshToken))")
    }

    func checkpoint(_ tokens: TokenSet) throws(TokenStoreError) {
        diary.write("answered")
        try production.checkpoint(tokens)
        diary.write("stored")
    }

    func noteRefused(_ refreshToken: Secret) throws(TokenStoreError) {
        diary.write("refused \(Self.short(refreshToken))")
        try production.noteRefused(refreshToken)
    }

    /// Enough to tell made-up tokens apart.
    private static func short(_ token: Secret) -> String { FNV1a.hexadecimal(token.revealed) }
}
