import Domain
import Locking
import Ports

/// A store that is chosen when it is first used: a process that needs no tokens does not look at their folder.
final class ChosenTokenStore: TokenStore {
    private let choose: @Sendable () throws(TokenStoreError) -> any TokenStore
    private let slow: SlowStorage?
    private let chosen = Guarded<(any TokenStore)?>(nil)

    /// The store that will be chosen so.
    ///
    /// - Parameter slow: tells what takes so long, where anybody is to be told.
    init(
        _ slow: SlowStorage? = nil, _ choose: @escaping @Sendable () throws(TokenStoreError) -> any TokenStore
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
        // Who has a deadline has something else to fall back on.
        guard deadline == nil, let watch = slow?.watch() else {
            return try await store().produce(
                key, purpose, waitingUntil: deadline, isEnough: isEnough, isRight: isRight, body: body)
        }
        watch.begin()
        defer { watch.pause() }
        return try await store().produce(
            key, purpose, waitingUntil: deadline, isEnough: isEnough, isRight: isRight
        ) { production throws(ProductionStop) in
            watch.pause()
            defer { watch.begin() }
            return try await body(WatchedProduction(production: production, watch: watch))
        }
    }

    func remove(_ key: TokenKey) throws(TokenStoreError) {
        try patiently { () throws(TokenStoreError) in try store().remove(key) }
    }

    func all(_ key: TokenKey) throws(TokenStoreError) -> [StoredTokens] {
        try patiently { () throws(TokenStoreError) in try store().all(key) }
    }

    func lastChange(_ key: TokenKey) throws(TokenStoreError) -> LastChange {
        try patiently { () throws(TokenStoreError) in try store().lastChange(key) }
    }

    func damage(_ key: TokenKey) -> TokenStoreError? { (try? store())?.damage(key) }

    private func patiently<Result>(_ body: () throws(TokenStoreError) -> Result) throws(TokenStoreError) -> Result {
        guard let slow else { return try body() }
        return try slow.watch().during(body)
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

/// A production whose calls of the store are watched, and not what is done between them.
private struct WatchedProduction: TokenProduction {
    let production: any TokenProduction
    let watch: SlowStorage.Watch

    func newest() throws(TokenStoreError) -> StoredTokens? {
        try watch.during { () throws(TokenStoreError) in try production.newest() }
    }

    func reserve() throws(TokenStoreError) {
        try watch.during { () throws(TokenStoreError) in try production.reserve() }
    }

    func spend(_ refreshToken: Secret) async throws(TokenStoreError) -> Spending {
        watch.begin()
        defer { watch.pause() }
        return try await production.spend(refreshToken)
    }

    func keep(_ refreshToken: Secret) { watch.during { production.keep(refreshToken) } }

    func checkpoint(_ tokens: TokenSet) throws(TokenStoreError) {
        try watch.during { () throws(TokenStoreError) in try production.checkpoint(tokens) }
    }

    func noteRefused(_ refreshToken: Secret) throws(TokenStoreError) {
        try watch.during { () throws(TokenStoreError) in try production.noteRefused(refreshToken) }
    }
}
