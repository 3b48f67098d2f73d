package import Domain
package import Ports

/// A host's own token store before the one that many hosts share: node-local storage, as its users know it.
///
/// What the shared store holds is copied when there is nothing here yet, and when its refresh token lives longer than the
/// one here. A live token never touches the shared folder.
package struct NodeLocalTokenStore: TokenStore {
    private let local: FileTokenStore
    private let shared: FileTokenStore
    private let notices: any Notices

    /// The store of this host, filled from the shared one.
    package init(local: FileTokenStore, shared: FileTokenStore, notices: any Notices) {
        self.local = local
        self.shared = shared
        self.notices = notices
    }

    package func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? {
        if let stored = try local.read(key) { return stored }
        try copyDown(key)
        return try local.read(key)
    }

    package func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        try copyDown(key)
        return try await local.produce(
            key, purpose, waitingUntil: deadline, isEnough: isEnough, isRight: isRight, body: body)
    }

    package func remove(_ key: TokenKey) throws(TokenStoreError) {
        // The shared one first, or it could be copied down again in between; and the local one in any case.
        do {
            try shared.remove(key)
        } catch {
            try local.remove(key)
            throw error
        }
        try local.remove(key)
    }

    private func copyDown(_ key: TokenKey) throws(TokenStoreError) {
        guard shared.hasFolder else { return }
        try local.adopt(key) { mine in
            do {
                guard let offered = try shared.read(key)?.tokens else { return nil }
                return mine.map { Self.isNewer(offered, than: $0) } ?? true ? offered : nil
            } catch {
                // A home that hangs or is gone must not stop a host that has its own store.
                notices.warn("\(error)")
                return nil
            }
        }
    }

    /// Newer is what can be refreshed for longer: the rule of the tool that this one replaces.
    private static func isNewer(_ offered: TokenSet, than mine: TokenSet) -> Bool {
        guard let theirs = offered.refreshTokenExpiry else { return false }
        return mine.refreshTokenExpiry.map { $0 < theirs } ?? false
    }
}
