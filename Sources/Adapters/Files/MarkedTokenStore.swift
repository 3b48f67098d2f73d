package import Domain
package import Ports

/// A store in a folder that has no marker yet: it gets one before anything is first stored there.
package struct MarkedTokenStore: TokenStore {
    private let store: any TokenStore
    private let marker: FolderMarker
    private let kind: TokenCacheMarker.Kind

    /// That store, in a folder that is to say so.
    package init(_ store: any TokenStore, _ marker: FolderMarker, _ kind: TokenCacheMarker.Kind) {
        self.store = store
        self.marker = marker
        self.kind = kind
    }

    package func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? { try store.read(key) }

    package func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        // What is live serves also where nothing can be written.
        if let tokens = try store.read(key)?.tokens, isEnough(tokens) {
            return ProducedTokens(tokens: tokens, unstored: nil)
        }
        try mark()
        return try await store.produce(
            key, purpose, waitingUntil: deadline, isEnough: isEnough, isRight: isRight, body: body)
    }

    package func remove(_ key: TokenKey) throws(TokenStoreError) {
        if PrivateFolder.isAnything(at: marker.folder) { try markIfPossible() }
        try store.remove(key)
    }

    /// A disk without room for a marker keeps nobody from removing what lies there.
    private func markIfPossible() throws(TokenStoreError) {
        do {
            try mark()
        } catch {
            guard case .notWritable = error else { throw error }
        }
    }

    package func all(_ key: TokenKey) throws(TokenStoreError) -> [StoredTokens] { try store.all(key) }

    package func lastChange(_ key: TokenKey) throws(TokenStoreError) -> LastChange { try store.lastChange(key) }

    package func damage(_ key: TokenKey) -> TokenStoreError? { store.damage(key) }

    private func mark() throws(TokenStoreError) {
        let known = try marker.write(kind)
        guard known == nil || known == .known(kind) else {
            throw .contradicted(
                path: marker.folder, reason: "another process has just begun to keep tokens there in another way",
                remedy: "Run it again.")
        }
    }
}
