package import Domain
package import Ports

/// Decides on tokens, each once: a signature is not verified a second time, whoever asks how often.
///
/// What is kept is the token's hash and its claims, until it expires. Tokens that are refused are not kept.
package actor VerifiedTokens {
    private typealias Verdict = Result<IDTokenClaims, IdentityProviderError>

    /// How many tokens are verified at the same time: a flood of false ones leaves the provider in peace.
    private static let width = 16
    /// Seconds for one, of which only a token by an unknown key needs more than a thousandth.
    private static let patience: Double = 8

    private let verifier: any IDTokenVerifier
    private let expectations: IDTokenExpectations
    private nonisolated let digester: any Digester
    private let time: any TimeSource
    private var verified = BoundedCache<[UInt8], IDTokenClaims>(capacity: 20_000)
    private var underWay: [[UInt8]: Task<Verdict, Never>] = [:]
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var free = VerifiedTokens.width
    private var counts = Counts()

    /// How often what happened.
    package struct Counts: Sendable {
        /// A token was known already.
        package var hits = 0
        /// A signature was verified, or a token refused.
        package var verifications = 0
    }

    /// Decides by that verifier on tokens of that kind.
    package init(
        verifier: any IDTokenVerifier, expectations: IDTokenExpectations, digester: any Digester, time: any TimeSource
    ) {
        self.verifier = verifier
        self.expectations = expectations
        self.digester = digester
        self.time = time
    }

    /// How often what happened so far.
    package var statistics: Counts { counts }

    /// The claims of a token that is good now.
    package nonisolated func claims(of token: Secret) async throws(IdentityProviderError) -> IDTokenClaims {
        let key = digester.digest(Array(token.revealed.utf8), .sha256)
        return try await verdict(on: token, key).get()
    }

    private func verdict(on token: Secret, _ key: [UInt8]) async -> Verdict {
        if let claims = verified.value(key) {
            if let expiry = claims.expiry, expiry > time.now() - IDTokenValidation.leeway {
                counts.hits += 1
                return .success(claims)
            }
            verified.remove(key)
        }
        if let task = underWay[key] { return await task.value }
        let task = Task { await self.decide(token) }
        underWay[key] = task
        let verdict = await task.value
        underWay[key] = nil
        counts.verifications += 1
        if case .success(let claims) = verdict { verified.put(claims, key) }
        return verdict
    }

    private func decide(_ token: Secret) async -> Verdict {
        await enter()
        defer { leave() }
        do throws(IdentityProviderError) {
            let deadline = Deadline(in: Self.patience, time)
            return .success(try await verifier.verify(token, expectations, by: deadline))
        } catch {
            return .failure(error)
        }
    }

    private func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
