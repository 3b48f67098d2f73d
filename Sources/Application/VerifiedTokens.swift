package import Domain
import Locking
package import Ports

/// Decides on tokens, each once: a signature is not verified a second time, whoever asks how often.
///
/// What is kept is the token's hash and its claims, until it expires. Tokens that are refused are not kept.
///
/// Most tokens are decided by keys that are at hand, and wait for nobody. For the others the provider is asked by one at
/// a time, and not again for a moment after it failed: so strangers with made-up tokens can neither have it asked often
/// nor keep the good ones waiting.
package actor VerifiedTokens {
    private typealias Verdict = Result<IDTokenClaims, IdentityProviderError>

    /// So many tokens may wait for the one that asks the provider; more are told to come again.
    package static let queue = 256
    /// Seconds after a failure of the provider's in which it is not asked.
    package static let pause: Double = 3
    /// Seconds for one that asks the provider.
    private static let patience: Double = 8

    private nonisolated let verifier: any KeptKeysVerifier
    private nonisolated let expectations: IDTokenExpectations
    private nonisolated let digester: any Digester
    private nonisolated let time: any TimeSource
    private nonisolated let log: any Log
    /// What there is to be looked up without waiting for anybody.
    private nonisolated let memory = Guarded(Memory())
    private var underWay: [[UInt8]: Task<Verdict, Never>] = [:]
    private var isAsking = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var failure: (error: IdentityProviderError, uptime: Double)?
    /// What the provider failed with when it was last asked, and what is in the log of it.
    private var lastTrouble: String?

    private struct Memory: Sendable {
        var verified = BoundedCache<[UInt8], IDTokenClaims>(capacity: 20_000)
        var counts = Counts()
    }

    /// How often what happened.
    package struct Counts: Sendable {
        /// A token was known already.
        package var hits = 0
        /// A signature was verified, or a token refused.
        package var verifications = 0
        /// The provider was asked in vain.
        package var failures = 0
    }

    /// Decides by that verifier on tokens of that kind.
    package init(
        verifier: any KeptKeysVerifier, expectations: IDTokenExpectations, digester: any Digester, time: any TimeSource,
        log: any Log
    ) {
        self.log = log
        self.verifier = verifier
        self.expectations = expectations
        self.digester = digester
        self.time = time
    }

    /// How often what happened so far.
    package var statistics: Counts { memory.with { $0.counts } }

    /// Whether the provider gave its keys when it was last asked; it is not asked for each token.
    package var isProviderWell: Bool { lastTrouble == nil }

    /// Seconds until the provider may be asked again.
    package var pauseLeft: Int {
        let left = failure.map { Self.pause - (time.uptime() - $0.uptime) } ?? 0
        return max(1, Int(left.rounded(.up)))
    }

    /// How many wait for the one that asks the provider.
    package var waitingCount: Int { waiting.count }

    /// The claims of a token that is good now.
    package nonisolated func claims(of token: Secret) async throws(IdentityProviderError) -> IDTokenClaims {
        try await verdict(on: token, key(of: token)).get()
    }

    /// The same where the token was verified before; nil where it has to be.
    ///
    /// Whoever answers by it calls `countHit`.
    package nonisolated func claimsAtHand(of token: Secret) -> IDTokenClaims? { known(key(of: token)) }

    /// Counts an answer by a token that was known already.
    package nonisolated func countHit() {
        memory.with { $0.counts.hits += 1 }
    }

    private nonisolated func key(of token: Secret) -> [UInt8] {
        digester.digest(Array(token.revealed.utf8), .sha256)
    }

    private nonisolated func known(_ key: [UInt8]) -> IDTokenClaims? {
        let oldest = time.now() - IDTokenValidation.leeway
        return memory.with { memory in
            guard let claims = memory.verified.value(key) else { return nil }
            if let expiry = claims.expiry, expiry > oldest { return claims }
            memory.verified.remove(key)
            return nil
        }
    }

    private func verdict(on token: Secret, _ key: [UInt8]) async -> Verdict {
        if let claims = known(key) {
            countHit()
            return .success(claims)
        }
        if let task = underWay[key] { return await task.valueUnlessCancelled ?? Self.cancelled }
        // While somebody asks for newer keys, those that there are do. It goes on also where nobody waits any more.
        let task = Task { [isAsking] in
            let verdict = await self.decide(token, orStale: isAsking)
            underWay[key] = nil
            memory.with { memory in
                memory.counts.verifications += 1
                if case .success(let claims) = verdict { memory.verified.put(claims, key) }
            }
            return verdict
        }
        underWay[key] = task
        return await task.valueUnlessCancelled ?? Self.cancelled
    }

    private static let cancelled = Verdict.failure(.http(.cancelled))

    private nonisolated func decide(_ token: Secret, orStale: Bool) async -> Verdict {
        do throws(IdentityProviderError) {
            if let claims = try verifier.verify(token, expectations, orStale: orStale) { return .success(claims) }
            try await enter()
        } catch {
            return .failure(error)
        }
        do throws(IdentityProviderError) {
            let deadline = Deadline(in: Self.patience, time)
            let claims = try await verifier.verify(token, expectations, by: deadline)
            await leave(after: nil)
            return .success(claims)
        } catch {
            await leave(after: error)
            return .failure(error)
        }
    }

    /// Takes the right to ask the provider, as soon as nobody else has it.
    private func enter() async throws(IdentityProviderError) {
        if let failure = presentFailure { throw failure }
        guard isAsking else {
            isAsking = true
            return
        }
        guard waiting.count < Self.queue else {
            throw .crowded(waiting: Self.queue)
        }
        await withCheckedContinuation { waiting.append($0) }
        if let failure = presentFailure {
            passOn()
            throw failure
        }
    }

    private func leave(after error: IdentityProviderError?) {
        switch error {
        case nil, .rejectedIDToken?:
            failure = nil
            if let was = lastTrouble { log.write(.info, "the identity provider's keys are there again", ["was": was]) }
            lastTrouble = nil
        case let error?:
            failure = (error, time.uptime())
            memory.with { $0.counts.failures += 1 }
            let reason = error.finding
            if reason != lastTrouble {
                log.write(.error, "the identity provider's keys can't be had", ["reason": reason])
            }
            lastTrouble = reason
        }
        passOn()
    }

    private func passOn() {
        if waiting.isEmpty { isAsking = false } else { waiting.removeFirst().resume() }
    }

    private var presentFailure: IdentityProviderError? {
        failure.flatMap { time.uptime() - $0.uptime < Self.pause ? $0.error : nil }
    }
}
