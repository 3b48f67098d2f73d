package import Domain
package import Ports

/// The store of a user without a home: holds nothing, and says why.
package struct NoTokenStore: TokenStore {
    private let reason: String

    /// A store that can't be, for that reason.
    package init(reason: String) {
        self.reason = reason
    }

    package func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? { nil }

    package func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        throw .notWritable(path: "~/.cache/oidc-cli", reason: reason)
    }

    package func remove(_ key: TokenKey) throws(TokenStoreError) {}

    package func lastChange(_ key: TokenKey) throws(TokenStoreError) -> LastChange { LastChange() }
}
