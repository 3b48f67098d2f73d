package import Domain

/// The identity provider of one issuer and client, as a public client sees it (RFC 6749 section 2.1).
///
/// Each call ends by its deadline, but for what has been sent by then and spends a code or a refresh token: that gets
/// 15 s to be answered, since its answer can't be had twice. Network errors, 5xx and 429 are tried again with back-off, and Retry-After obeyed,
/// while the deadline allows it; a code is sent once only, and a refresh token again only where it was certainly not taken.
package protocol IdentityProvider: Sendable {
    /// What the provider says of itself, from the cache while that is fresh, or when the provider can't be reached.
    func metadata(by deadline: Deadline) async throws(IdentityProviderError) -> ProviderMetadata

    /// Trades an authorization code for tokens (RFC 6749 section 4.1.3, RFC 7636 section 4.5).
    func redeem(code: Secret, verifier: Secret, redirectURI: String, by deadline: Deadline)
        async throws(IdentityProviderError) -> TokenGrant

    /// Asks for the codes of a sign-in on another device (RFC 8628 section 3.1).
    func authorizeDevice(by deadline: Deadline) async throws(IdentityProviderError) -> DeviceAuthorization

    /// Asks, once, for the tokens of a sign-in on another device (RFC 8628 section 3.4).
    ///
    /// As long as the person has not done their part this is refused: `authorization_pending`, `slow_down`.
    func redeem(deviceCode: Secret, by deadline: Deadline) async throws(IdentityProviderError) -> TokenGrant

    /// Trades a refresh token for new tokens (RFC 6749 section 6).
    func refresh(_ refreshToken: Secret, by deadline: Deadline) async throws(IdentityProviderError) -> TokenGrant

    /// What the provider says of a refresh token (RFC 7662).
    func status(ofRefreshToken refreshToken: Secret, by deadline: Deadline)
        async throws(IdentityProviderError) -> RefreshTokenStatus

    /// Has the provider make a token worthless (RFC 7009 section 2.1); one that it does not know counts as revoked.
    func revoke(_ token: Secret, _ kind: RevocableToken, by deadline: Deadline)
        async throws(IdentityProviderError) -> Revocation
}

/// A token that can be revoked; the raw value is its `token_type_hint`.
package enum RevocableToken: String, Sendable {
    /// With the whole sign-in, at most providers.
    case refreshToken = "refresh_token"
    /// By itself.
    case accessToken = "access_token"
}

/// What came of asking to revoke a token.
package enum Revocation: Sendable, Hashable {
    /// It is worth nothing any more.
    case revoked
    /// The provider does not do that.
    case unsupported(reason: String)
}

/// What the introspection endpoint says of a refresh token.
package enum RefreshTokenStatus: Sendable, Hashable {
    /// `active: true`; with `exp` where it is told.
    case active(expiry: Timestamp?)
    /// `active: false`: revoked, over, or never issued.
    case inactive
    /// The provider does not tell: no endpoint, or none for public clients.
    case unknown(reason: String)
}

/// Decides whether an id_token is genuine and meant for us.
package protocol IDTokenVerifier: Sendable {
    /// Sees to it that the provider's keys are at hand, so that a sign-in is not lost for want of them afterwards.
    func prepare(by deadline: Deadline) async throws(IdentityProviderError)

    /// Verifies the signature with the provider's keys and the claims by the rules of OpenID Connect Core 3.1.3.7, and gives the claims.
    ///
    /// Keys come from the cache; one that is not there is fetched, at a limited rate.
    func verify(_ idToken: Secret, _ expected: IDTokenExpectations, by deadline: Deadline)
        async throws(IdentityProviderError) -> IDTokenClaims
}

/// Decides on id_tokens by the provider's keys that are at hand: a server need not ask anybody for each of them.
package protocol KeptKeysVerifier: IDTokenVerifier {
    /// As `verify`, but nobody is asked; nil where the provider would have to be.
    ///
    /// - Parameter orStale: whether keys may decide that are to be asked for anew, because somebody does that just now.
    func verify(_ idToken: Secret, _ expected: IDTokenExpectations, orStale: Bool)
        throws(IdentityProviderError) -> IDTokenClaims?
}

/// What went wrong between us and the identity provider.
package enum IdentityProviderError: Error, Sendable, Hashable {
    /// No answer.
    case http(HTTPFailure)
    /// An OAuth error answer (RFC 6749 section 5.2): `error` and `error_description`.
    case refused(code: String, explanation: String?)
    /// It answered, with an error that is its own (5xx, 429), until the deadline.
    case outOfOrder(address: String, status: Int)
    /// It answered something that is not of this protocol.
    case unintelligible(address: String, reason: String)
    /// The discovery document names another issuer.
    case wrongIssuer(configured: String, found: String)
    /// So many wait for it already that one more is turned away.
    case crowded(waiting: Int)
    /// It offers no sign-in on another device (RFC 8628).
    case noDeviceGrant
    /// The id_token is not acceptable.
    case rejectedIDToken(IDTokenRejection)
}

extension IdentityProviderError {
    /// Whether an answer of that status says that the request was not taken.
    ///
    /// A gateway's 502 or 504 may come after the work was done; but each outage brings them too, and to take every session
    /// of a cluster for spent because of one would cost more.
    package static func isNotNow(_ status: Int) -> Bool { status == 429 || (500...599).contains(status) }

    /// Whether a refresh token that was to be traded is certainly as good as before.
    package var leavesRefreshToken: Bool {
        switch self {
        case .http(.unreachable(_, _, let mayHaveArrived)), .http(.timedOut(_, _, let mayHaveArrived)): !mayHaveArrived
        case .http(.untrusted), .http(.badAddress), .http(.unavailable), .noDeviceGrant: true
        case .http(.tooLarge), .http(.cancelled): false
        case .refused(let code, _): code != "invalid_grant"
        case .outOfOrder(_, let status): Self.isNotNow(status)
        case .crowded: true
        case .unintelligible, .wrongIssuer, .rejectedIDToken: false
        }
    }
}

extension IdentityProviderError: CustomStringConvertible {
    /// What happened, without what the person at the client is to do about it: for a service's log.
    package var finding: String {
        switch self {
        case .unintelligible(let address, let reason):
            "\(address) did not answer as an OpenID Connect provider does: \(reason)"
        case .wrongIssuer(let configured, let found): "the provider at \(configured) calls itself \"\(found)\""
        case .rejectedIDToken(let rejection): rejection.finding
        default: description
        }
    }

    package var description: String {
        switch self {
        case .http(let failure):
            "the identity provider: \(failure)"
        case .refused("invalid_client", let explanation):
            "the identity provider does not know this client\(Self.quoted(explanation)): check --client-id with whoever runs it."
        case .refused("unauthorized_client", let explanation):
            "the identity provider does not let this client do that\(Self.quoted(explanation)): ask whoever runs it to allow it."
        case .refused(let code, let explanation):
            "the identity provider refused: \(PrintableText.line(code))\(Self.quoted(explanation)). "
                + "Run it again; if it stays so, ask whoever runs the provider about client and scopes."
        case .outOfOrder(let address, let status):
            "the identity provider is out of order: \(address) answered \(status). Try again later."
        case .unintelligible:
            "\(finding). Check --issuer-url."
        case .wrongIssuer(_, let found):
            "\(finding): use --issuer-url \(found) if that is the one you mean."
        case .crowded(let waiting):
            "\(waiting) tokens wait for the identity provider's keys already. Try again later."
        case .noDeviceGrant:
            "the identity provider has no device_authorization_endpoint: leave --device-code-flow out, and sign in with a browser."
        case .rejectedIDToken(let rejection):
            "\(rejection)"
        }
    }

    private static func quoted(_ explanation: String?) -> String {
        explanation.map { " (\(PrintableText.line($0)))" } ?? ""
    }
}
