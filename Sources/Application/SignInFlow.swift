package import Domain
package import Ports

/// A way to sign a person in.
package protocol SignInFlow: Sendable {
    /// How long it takes at most, the person's time and all requests included, in seconds.
    var longest: Double { get }

    /// Signs in; `report` hears where it stands.
    func callAsFunction(report: @Sendable (SignInProgress.Stage) -> Void) async throws(SignInProblem) -> TokenSet
}

/// What every way of signing in does alike: it asks the provider, and checks what it gives.
struct SignInExchange: Sendable {
    let key: TokenKey
    let provider: any IdentityProvider
    let verifier: any IDTokenVerifier
    let time: any TimeSource
    let log: any Log

    /// How long each request to the provider may take, in seconds.
    static let requestTime = 30.0

    /// How long all requests together take at most, in seconds.
    static let longest = 3 * requestTime + 20

    /// By when the next request must have ended.
    var deadline: Deadline { Deadline(in: Self.requestTime, time) }

    /// Fetches what is needed afterwards, before anybody is asked: a code can be redeemed once only.
    func prepare() async throws(SignInProblem) -> ProviderMetadata {
        let metadata = try await asking { () async throws(IdentityProviderError) in
            try await provider.metadata(by: deadline)
        }
        try await asking { () async throws(IdentityProviderError) in try await verifier.prepare(by: deadline) }
        return metadata
    }

    /// The tokens of a grant, once its id_token is verified.
    ///
    /// - Parameter nonce: that of the authorization request; nil where there was none.
    func tokens(of grant: TokenGrant, nonce: Secret?) async throws(SignInProblem) -> TokenSet {
        guard let idToken = grant.idToken else { throw .noIDToken }
        let expected = IDTokenExpectations(
            issuer: key.issuer, clientID: key.clientID, nonce: nonce, accessToken: grant.accessToken)
        let claims = try await asking { () async throws(IdentityProviderError) in
            try await verifier.verify(idToken, expected, by: deadline)
        }
        var tokens = TokenSet(signedIn: grant, idToken: idToken, claims: claims, at: time.now())
        if tokens.refreshTokenExpiry == nil { tokens.refreshTokenExpiry = await refreshTokenExpiry(of: tokens) }
        return tokens
    }

    /// The provider's word on when the refresh token ends; a provider that does not tell costs nothing but the knowledge.
    private func refreshTokenExpiry(of tokens: TokenSet) async -> Timestamp? {
        guard let refreshToken = tokens.refreshToken else { return nil }
        do {
            let status = try await provider.status(ofRefreshToken: refreshToken, by: Deadline(in: 10, time))
            if case .active(let expiry) = status { return expiry }
            log.write(.info, "refresh token's expiry not told", ["answer": "\(status)"])
        } catch {
            log.write(.warning, "refresh token not introspected", ["reason": "\(error)"])
        }
        return nil
    }

    /// Asks, and makes a sign-in's problem of the provider's.
    func asking<Answer>(_ ask: () async throws(IdentityProviderError) -> Answer) async throws(SignInProblem) -> Answer {
        do {
            return try await ask()
        } catch .http(.cancelled) {
            throw .interrupted
        } catch {
            throw .provider(error)
        }
    }
}
