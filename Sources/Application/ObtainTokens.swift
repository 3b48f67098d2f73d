package import Domain
import Locking
package import Ports

/// Gives live tokens: from the cache, else by a refresh, else by a sign-in that outlives this process.
package struct ObtainTokens: Sendable {
    /// How far it may go.
    package enum Manner: Sendable {
        /// Only what needs no person, by that deadline.
        case silently(by: Deadline)
        /// Whatever it takes.
        case attended(Attendance)

        /// By when it must have ended; nil where it takes as long as it takes.
        var deadline: Deadline? {
            if case .silently(let deadline) = self { deadline } else { nil }
        }

        /// What may be done with the person's terminal.
        var consoleUse: ConsoleUse {
            if case .attended(let attendance) = self { attendance.consoleUse } else { .untouched }
        }
    }

    let key: TokenKey
    let store: any TokenStore
    let renewal: TokenRenewal
    let awaitSignIn: AwaitSignIn
    let time: any TimeSource
    let notices: any Notices
    let log: any Log

    /// The use case over the store of that key.
    package init(
        key: TokenKey, store: any TokenStore, renewal: TokenRenewal, awaitSignIn: AwaitSignIn, time: any TimeSource,
        notices: any Notices, log: any Log
    ) {
        self.key = key
        self.store = store
        self.renewal = renewal
        self.awaitSignIn = awaitSignIn
        self.time = time
        self.notices = notices
        self.log = log
    }

    /// Gives tokens that meet the need.
    package func callAsFunction(_ need: TokenNeed, _ manner: Manner) async throws(SignInProblem) -> TokenSet {
        let began = time.uptime()
        let need = unrevoked(need)
        if let unstored = renewal.unstored.tokens(key), need.isMet(by: unstored, at: time.now()) { return unstored }
        let stored = try stored()
        if let stored, need.isMet(by: stored, at: time.now()) {
            log.write(.debug, "tokens are live", ["issuer": key.issuer.text])
            return stored
        }
        let sight = Guarded(false)
        return try await produced(need, manner, since: began) { production throws(ProductionStop) in
            try await renewal(production, need, manner, began: began, sight) {
                stored != nil && (try? store.isRemoved(key)) == true
            }
        } orElse: { error throws(SignInProblem) in
            try await renewal.signInUnstored(error, manner)
        }
    }

    /// The need, of other tokens than those that a logout has revoked and could not remove.
    private func unrevoked(_ need: TokenNeed) -> TokenNeed {
        var need = need
        if need.refusedIDToken == nil { need.refusedIDToken = renewal.verdicts.revokedMark(key) }
        return need
    }

    /// Tokens that meet the need, as others make them, or as that body does; `orElse` where the store is of no use.
    func produced(
        _ need: TokenNeed, _ manner: Manner, since began: Double,
        _ body: @escaping @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet,
        orElse: (TokenStoreError) async throws(SignInProblem) -> TokenSet
    ) async throws(SignInProblem) -> TokenSet {
        // A sign-in whose process was killed is started once more, not for ever.
        for _ in 0..<2 {
            // It has the right for as long as a person takes: it is awaited with its address in view, or not at all.
            if awaitSignIn.isUnderWay {
                guard case .attended = manner else { throw .notSilently }
                if let tokens = try await join(need, manner) { return tokens }
            }
            let produced: ProducedTokens
            switch await inTurn(need, manner, since: began, body) {
            case .ended(.success(let tokens)): produced = tokens
            case .answered(.signInUnderWay):
                if let tokens = try await join(need, manner) { return tokens }
                continue
            case .answered(.verdict(let verdict)): throw .verdict(verdict)
            case .ended(.failure(.stopped(let signIn as SignInUnderWay))):
                if let tokens = try await awaitSignIn(need, started: signIn.started, manner.consoleUse) {
                    return tokens
                }
                continue
            case .ended(.failure(.stopped(let problem as SignInProblem))):
                // Whoever took over from a process that was stopped for a while has what that one did not get.
                if problem.mayBeOvertaken, let newer = try? self.stored(), need.isMet(by: newer, at: time.now()) {
                    return newer
                }
                throw problem
            case .ended(.failure(let error)): return try await orElse(error)
            }
            if produced.isDropped, let first = try whatCameFirst(need) { return first }
            if let unstored = produced.unstored {
                renewal.unstored.failed(unstored)
                renewal.unstored.keep(produced.tokens, key)
            } else {
                renewal.unstored.stored(key)
            }
            return produced.tokens
        }
        throw .lost
    }

    /// The tokens in whose favour those of this process were dropped; nil where they are of no use, or can't be read.
    ///
    /// Of two that have sent one refresh token, the provider may have ended the session that the later answer is of.
    private func whatCameFirst(_ need: TokenNeed) throws(SignInProblem) -> TokenSet? {
        if let tokens = (try? store.read(key))?.tokens { return need.isMet(by: tokens, at: time.now()) ? tokens : nil }
        // A sign-out came first: what was obtained is void, though it may seem live.
        if (try? store.isRemoved(key)) == true { throw .signedOut(during: .refresh) }
        return nil
    }

    /// Waits for the sign-in that is under way; nil where it came to nothing, and there is to be gone on without it.
    private func join(_ need: TokenNeed, _ manner: Manner) async throws(SignInProblem) -> TokenSet? {
        do {
            return try await awaitSignIn(need, started: nil, manner.consoleUse)
        } catch .elsewhere(let problem) {
            // Somebody wanted to sign in anew, and did not: that ends no session that a refresh would keep alive.
            guard !awaitSignIn.isUnderWay, need.refusedSignIn == nil, let stored = try? store.read(key),
                stored.usableRefreshToken != nil
            else { throw .elsewhere(problem) }
            return nil
        }
    }

    /// Runs that body when it is this process's turn, unless its host has an answer before.
    private func inTurn(
        _ need: TokenNeed, _ manner: Manner, since began: Double,
        _ body: @escaping @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async -> AwaitTurn.Outcome {
        let awaitTurn = AwaitTurn(time: time) {
            // Who has a deadline does not wait for a person.
            if manner.deadline != nil { return nil }
            if awaitSignIn.isUnderWay { return .signInUnderWay }
            return renewal.verdict(manner, began).map { .verdict($0) }
        }
        return await awaitTurn { comes in
            do throws(TokenStoreError) {
                return .success(
                    try await store.produce(
                        key, .refresh, waitingUntil: manner.deadline, isEnough: { need.isMet(by: $0, at: time.now()) },
                        isRight: { need.isRight($0) }
                    ) { production throws(ProductionStop) in
                        try comes()
                        return try await body(production)
                    })
            } catch {
                return .failure(error)
            }
        }
    }

    /// What the store has; nil also where it is of no use.
    private func stored() throws(SignInProblem) -> TokenSet? {
        do {
            return try store.read(key)?.tokens
        } catch {
            // Such a store holds nothing, or one call has failed: what to do about it is decided where something is stored.
            if error.leavesSignIn || error.mayPass { return nil }
            throw .store(error)
        }
    }
}

/// Who is there for a sign-in.
package struct Attendance: Sendable, Hashable {
    /// Whether this process can reach a person: a terminal, a display or a browser.
    package let reachesPerson: Bool
    /// Whether a person has asked for it in so many words, so that no pause holds it back.
    package let isPerson: Bool
    /// What may be done with their terminal.
    package let consoleUse: ConsoleUse

    /// Who is there.
    package init(reachesPerson: Bool, isPerson: Bool, consoleUse: ConsoleUse = .untouched) {
        self.reachesPerson = reachesPerson
        self.isPerson = isPerson
        self.consoleUse = consoleUse
    }
}

/// A sign-in runs in a process of its own: the right is released, and its end awaited.
struct SignInUnderWay: Error {
    /// Its process, where this one has started it, so that Ctrl-C here cancels it.
    let started: Int32?
}
