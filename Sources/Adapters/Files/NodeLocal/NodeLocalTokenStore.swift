package import Domain
import Locking
package import Ports

/// A host's own token store before the one that many hosts share: node-local storage, as its users know it.
///
/// What this host has made does not touch the shared store while it lives; who uses a copy looks there, so that a logout
/// elsewhere counts. Whoever is to refresh, or to sign in, takes this host's right and then the shared one,
/// so that a refresh token is spent once among all hosts; what is made goes to both. Where the shared store can't be reached
/// or written, this host goes on alone, and publishes what it made at the next contact.
package struct NodeLocalTokenStore: TokenStore {
    private let stores: NodeLocalStores
    private let time: any TimeSource
    private let waits: SharedWaits?
    private let looks = Guarded([TokenKey: SharedGlance]())

    /// How often `read` looks at the shared store where this host has nothing live, and those of a host who wait, in seconds.
    private static let lookInterval = 5.0

    /// The store of this host before the shared one.
    ///
    /// - Parameter waits: the notices of the shared one, where they tell of those whom it waits for.
    package init(
        local: FileTokenStore, shared: any TokenStore, time: any TimeSource, notices: any Notices,
        waits: SharedWaits? = nil
    ) {
        self.waits = waits
        stores = NodeLocalStores(local: local, shared: shared, notices: notices)
        self.time = time
    }

    private var local: FileTokenStore { stores.local }
    private var shared: any TokenStore { stores.shared }

    package func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? {
        let mine: HostRecord
        do {
            mine = try local.hostRecord(key)
        } catch .notReadable(let path, let reason, let lack) {
            // As where something is produced: what this host can't get at must not keep it from what all hosts have.
            stores.warnOfLocal(.notReadable(path: path, reason: reason, lack: lack))
            return try shared.read(key)
        }
        stores.warnOfPlace()
        if let stored = mine.stored, isLive(stored.tokens), !mine.isCopy { return stored }
        let now = time.uptime()
        let isTime = looks.with { looks in
            guard looks[key].map({ $0.next <= now }) ?? true else { return false }
            looks[key, default: SharedGlance()].next = now + Self.lookInterval
            return true
        }
        if isTime { return try copyDown(key, mine) }
        return mine.stored.flatMap { isVoid($0.tokens, key) ? nil : $0 }
    }

    package func all(_ key: TokenKey) throws(TokenStoreError) -> [StoredTokens] {
        // A host that had to sign in for itself has a session of its own beside that of the home; the look may replace it.
        let mine = try? local.hostRecord(key)
        let own = mine?.base?.alone == .signIn ? mine?.stored : nil
        var all: [StoredTokens] = []
        var problem: TokenStoreError?
        do {
            guard let stored = try read(key) else {
                // What came before a record that can't be read counts for nobody, and may be good at the provider.
                return shared.damage(key) == nil ? [] : [mine?.stored].compactMap { $0 }
            }
            all = [stored]
        } catch {
            problem = error
        }
        for other in [own, problem == nil ? nil : mine?.stored, try? shared.read(key)] {
            if let other, !all.contains(where: { $0.isSame(as: other) }) { all.append(other) }
        }
        if all.isEmpty, let problem { throw problem }
        return all
    }

    package func lastChange(_ key: TokenKey) throws(TokenStoreError) -> LastChange {
        let own = try local.lastChange(key)
        // What this host still has may have been removed everywhere.
        guard !own.isRemoval, let last = try? shared.lastChange(key), last.isRemoval else { return own }
        let choice = NewerTokens.choice(try local.hostRecord(key), shared: nil, last: last, hash: local.hash)
        return LastChange(generation: own.generation, isRemoval: choice == .none)
    }

    package func damage(_ key: TokenKey) -> TokenStoreError? { local.damage(key) ?? shared.damage(key) }

    package func remove(_ key: TokenKey) throws(TokenStoreError) {
        // What can't be read here can't be revoked either: then nothing of it is removed elsewhere.
        do {
            _ = try local.hostRecord(key)
        } catch .refused(let path, let reason, let remedy) {
            throw .refused(path: path, reason: reason, remedy: remedy)
        } catch {}
        // The shared one first, or it could be copied down again in between; and the local one in any case.
        do {
            try shared.remove(key)
        } catch {
            try local.remove(key)
            throw error
        }
        try local.remove(key)
    }

    package func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        stores.hold()
        do {
            let produced = try await produceInTurn(
                key, purpose, waitingUntil: deadline, isEnough: isEnough, isRight: isRight, body: body)
            stores.release(produced.unstored == nil)
            return produced
        } catch {
            stores.release(error.isAnswer)
            throw error
        }
    }

    private func produceInTurn(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        let turn = NodeLocalTurn(
            key: key, purpose: purpose, deadline: deadline, stores: stores, source: Guarded(RecordSource()))
        var host = local
        host.source = turn.source
        // Who has this host's right may stand still while it waits for another host. A look takes a process of its own.
        host.elsewhere = {
            local.onceInAWhile(key, seconds: Self.lookInterval) {
                if let mine = try? local.hostRecord(key) { _ = try? copyDown(key, mine) }
            }
        }
        // What `read` takes for removed is enough for nobody here either; what is wrong with the record is told below.
        if let stored = try? local.hostRecord(key).stored, isLive(stored.tokens) { _ = try? read(key) }
        do {
            let produced = try await host.produce(
                key, purpose, waitingUntil: deadline, isEnough: { !isVoid($0, key) && isEnough($0) },
                isRight: { !isVoid($0, key) && isRight($0) }
            ) { mine throws(ProductionStop) in
                stores.warnOfPlace()
                // Who waits on this host waits for those whom this process waits for.
                waits?.begin { [local] in local.noteHolder(key, $0) }
                defer { waits?.end() }
                return try await turn.produce(mine, isEnough: isEnough, isRight: isRight) {
                    production throws(ProductionStop) in
                    if waits?.end() == true { local.noteHolder(key, purpose) }
                    return try await body(production)
                }
            }
            guard let unstored = produced.unstored, turn.isShared else { return produced }
            stores.warnOfLocal(unstored)
            return ProducedTokens(tokens: produced.tokens, unstored: nil, isDropped: turn.isDropped)
        } catch .stopped(let problem as NodeLocalTurn.SharedProblem) {
            throw problem.error
        } catch .notWritable(let path, let reason, let lack) {
            let problem = TokenStoreError.notWritable(path: path, reason: reason, lack: lack)
            stores.warnOfLocal(problem)
            do {
                return try await shared.produce(
                    key, purpose, waitingUntil: deadline, isEnough: isEnough, isRight: isRight, body: body)
            } catch .notReadable, .notWritable, .refused {
                throw problem
            }
        }
    }

    /// Gives the newer of both records; the shared one is stored here as well, if that can be done.
    private func copyDown(_ key: TokenKey, _ mine: HostRecord) throws(TokenStoreError) -> StoredTokens? {
        let theirs: StoredTokens?
        let last: LastChange
        do {
            theirs = try shared.read(key)
            last = theirs == nil && mine.stored != nil ? try shared.lastChange(key) : LastChange()
        } catch {
            if case .contradicted = error { throw error }
            // A home that hangs or is gone must not stop a host that has its own store.
            stores.warnOfShared(error)
            return mine.stored.flatMap { isVoid($0.tokens, key) ? nil : $0 }
        }
        let choice = NewerTokens.choice(mine, shared: theirs, last: last, hash: local.hash)
        looks.with { $0[key, default: SharedGlance()].void = choice == .none ? mine.stored?.tokens : nil }
        switch choice {
        case .none: return nil
        case .hosts: return mine.stored
        case .shared: break
        }
        guard let theirs else { return nil }
        var host = local
        host.source = Guarded(RecordSource(origin: SharedOrigin(generation: theirs.generation)))
        do {
            try host.adopt(key) { now in
                let isNews = now.stored?.isSame(as: theirs) != true
                // What was stored here meanwhile was not compared.
                return isNews && now.stored?.generation == mine.stored?.generation ? theirs.tokens : nil
            }
        } catch .refused(let path, let reason, let remedy) {
            throw .refused(path: path, reason: reason, remedy: remedy)
        } catch {
            stores.warnOfLocal(error)
        }
        return StoredTokens(
            tokens: theirs.tokens, generation: (try local.read(key) ?? mine.stored)?.generation ?? theirs.generation,
            isRefreshTokenRefused: theirs.isRefreshTokenRefused)
    }

    /// Whether a look at the shared store has shown that these, which this host still has, were removed everywhere.
    private func isVoid(_ tokens: TokenSet, _ key: TokenKey) -> Bool {
        looks.with { $0[key]?.void?.isSame(as: tokens) ?? false }
    }

    /// Whether any of the tokens is: which of them a caller needs is not known here.
    private func isLive(_ tokens: TokenSet) -> Bool {
        max(tokens.accessTokenExpiry, tokens.claims.expiry ?? tokens.accessTokenExpiry) > time.now() + 10
    }
}

/// What a process keeps of its last look at the shared store, by which all its calls judge alike.
private struct SharedGlance: Sendable {
    /// When it looks again, by the uptime.
    var next = -Double.infinity
    /// This host's own tokens, where they were removed everywhere.
    var void: TokenSet?
}
