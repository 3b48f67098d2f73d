import Domain
import Ports

/// A shared store that is out of reach; `asked` hears of every call.
struct BrokenStore: TokenStore {
    var asked: @Sendable (String) -> Void = { _ in }
    var error = Self.error

    static let error = TokenStoreError.notReadable(path: "/shared", reason: "out of reach")

    func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? {
        asked("read")
        throw error
    }

    func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        asked("produce")
        throw error
    }

    func remove(_ key: TokenKey) throws(TokenStoreError) {
        asked("remove")
        throw error
    }

    func lastChange(_ key: TokenKey) throws(TokenStoreError) -> LastChange {
        asked("lastChange")
        throw error
    }
}

/// A shared store whose right can be had, under which nothing more can be done, in each of two tries.
struct TroubledStore: TokenStore {
    func read(_ key: TokenKey) -> StoredTokens? { nil }
    func remove(_ key: TokenKey) {}
    func lastChange(_ key: TokenKey) -> LastChange { LastChange() }

    func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        for _ in 0..<2 { _ = try? await body(Production()) }
        throw BrokenStore.error
    }

    private struct Production: TokenProduction {
        func newest() -> StoredTokens? { nil }
        func reserve() throws(TokenStoreError) { throw .overtaken(path: "/shared") }
        func spend(_ refreshToken: Secret) -> Spending { .allowed(sentBy: nil) }
        func keep(_ refreshToken: Secret) {}
        func checkpoint(_ tokens: TokenSet) {}
        func noteRefused(_ refreshToken: Secret) {}
    }
}

/// A shared store that goes out of reach at some moment.
final class BreakingStore: TokenStore {
    private let store: any TokenStore
    private let isBroken = Shared(false)

    private let error: TokenStoreError

    init(_ store: any TokenStore, error: TokenStoreError = BrokenStore.error) {
        self.store = store
        self.error = error
    }

    func breakDown() { isBroken.change { $0 = true } }

    fileprivate func check() throws(TokenStoreError) {
        if isBroken.value { throw error }
    }

    func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? {
        try check()
        return try store.read(key)
    }

    func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        try check()
        let made = Shared(TokenSet?.none)
        do {
            return try await store.produce(
                key, purpose, waitingUntil: deadline, isEnough: isEnough, isRight: isRight
            ) { production throws(ProductionStop) in
                let tokens = try await body(BreakingProduction(production: production, store: self))
                made.change { $0 = tokens }
                // Nothing arrives there any more.
                if self.isBroken.value { throw ProductionStop(self.error) }
                return tokens
            }
        } catch {
            guard isBroken.value, let tokens = made.value else { throw error }
            return ProducedTokens(tokens: tokens, unstored: self.error)
        }
    }

    func remove(_ key: TokenKey) throws(TokenStoreError) {
        try check()
        try store.remove(key)
    }

    func lastChange(_ key: TokenKey) throws(TokenStoreError) -> LastChange {
        try check()
        return try store.lastChange(key)
    }
}

private struct BreakingProduction: TokenProduction {
    let production: any TokenProduction
    let store: BreakingStore

    func newest() throws(TokenStoreError) -> StoredTokens? {
        try store.check()
        return try production.newest()
    }
    func reserve() throws(TokenStoreError) {
        try store.check()
        try production.reserve()
    }
    func spend(_ refreshToken: Secret) async throws(TokenStoreError) -> Spending {
        try store.check()
        return try await production.spend(refreshToken)
    }
    func keep(_ refreshToken: Secret) { production.keep(refreshToken) }
    func checkpoint(_ tokens: TokenSet) throws(TokenStoreError) {
        try store.check()
        try production.checkpoint(tokens)
    }
    func noteRefused(_ refreshToken: Secret) throws(TokenStoreError) {
        try store.check()
        try production.noteRefused(refreshToken)
    }
}

/// A shared store on a full disk: its right can be had, and nothing can be stored.
struct FullStore: TokenStore {
    let store: any TokenStore
    /// Whether not even the right can be had, as on a read-only file system, and of `nfs` on a full one.
    var keepsRight = false
    static let error = TokenStoreError.notWritable(path: "/shared", reason: "No space left on device")

    func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? { try store.read(key) }

    func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        if keepsRight { throw Self.error }
        do {
            return ProducedTokens(tokens: try await body(FullProduction(store: store, key: key)), unstored: Self.error)
        } catch {
            throw .stopped(error.reason)
        }
    }

    func remove(_ key: TokenKey) throws(TokenStoreError) { throw Self.error }

    func lastChange(_ key: TokenKey) throws(TokenStoreError) -> LastChange { try store.lastChange(key) }
}

private struct FullProduction: TokenProduction {
    let store: any TokenStore
    let key: TokenKey

    func newest() throws(TokenStoreError) -> StoredTokens? { try store.read(key) }
    func reserve() throws(TokenStoreError) { throw FullStore.error }
    func spend(_ refreshToken: Secret) async throws(TokenStoreError) -> Spending { throw FullStore.error }
    func keep(_ refreshToken: Secret) {}
    func checkpoint(_ tokens: TokenSet) throws(TokenStoreError) { throw FullStore.error }
    func noteRefused(_ refreshToken: Secret) throws(TokenStoreError) { throw FullStore.error }
}
