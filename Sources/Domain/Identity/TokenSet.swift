/// The tokens of a person at one identity provider, for one client: what the token cache keeps.
package struct TokenSet: Sendable, Hashable {
    /// The access token.
    package var accessToken: Secret
    /// Its type, `Bearer`.
    package var tokenType: String
    /// When the access token ends.
    package var accessTokenExpiry: Timestamp
    /// The access token's life in seconds as the provider said it.
    package var expiresIn: Int64?
    /// The id_token, verified when it was received.
    package var idToken: Secret
    /// The claims of the id_token.
    package var claims: IDTokenClaims
    /// The refresh token, where the provider gave one.
    package var refreshToken: Secret?
    /// When the refresh token ends, where the provider tells.
    package var refreshTokenExpiry: Timestamp?

    /// Whether the provider gives an id_token on refresh; assumed until it does not.
    package var refreshGivesIDToken: Bool = true

    /// Which sign-in they come from, refreshed since or not; nil where the tool that this one replaces has written them.
    package var signIn: String?

    /// Tokens with these members.
    package init(
        accessToken: Secret, tokenType: String, accessTokenExpiry: Timestamp, expiresIn: Int64?, idToken: Secret,
        claims: IDTokenClaims, refreshToken: Secret?, refreshTokenExpiry: Timestamp?
    ) {
        self.accessToken = accessToken
        self.tokenType = tokenType
        self.accessTokenExpiry = accessTokenExpiry
        self.expiresIn = expiresIn
        self.idToken = idToken
        self.claims = claims
        self.refreshToken = refreshToken
        self.refreshTokenExpiry = refreshTokenExpiry
    }

    /// The tokens of a sign-in; `claims` are those of the grant's verified id_token.
    package init(signedIn grant: TokenGrant, idToken: Secret, claims: IDTokenClaims, at now: Timestamp) {
        self.init(
            accessToken: grant.accessToken, tokenType: grant.tokenType,
            accessTokenExpiry: Self.expiry(of: grant, claims: claims, at: now), expiresIn: grant.expiresIn,
            idToken: idToken, claims: claims, refreshToken: grant.refreshToken,
            refreshTokenExpiry: grant.refreshExpiresIn.map { now + $0 })
        signIn = idTokenMark
    }

    /// What stands for the id_token where the token itself must not stand: equal for equal ones.
    package var idTokenMark: String { FNV1a.hexadecimal(idToken.revealed) }

    /// These tokens with a refresh token that has just rotated, and nothing else new: what is stored before anything is checked.
    package func rotated(by grant: TokenGrant, at now: Timestamp) -> TokenSet {
        var tokens = self
        if let refreshToken = grant.refreshToken { tokens.refreshToken = refreshToken }
        tokens.refreshTokenExpiry = refreshTokenExpiry(after: grant, at: now)
        return tokens
    }

    /// These tokens after a refresh.
    ///
    /// A grant without a refresh token keeps the old one (RFC 6749 section 6), one without an id_token keeps the old one
    /// until its own end (Core section 12.2); `renewed` is the verified new id_token with its claims.
    package func refreshed(by grant: TokenGrant, renewed: (idToken: Secret, claims: IDTokenClaims)?, at now: Timestamp)
        -> TokenSet
    {
        var tokens = rotated(by: grant, at: now)
        if let renewed {
            tokens.idToken = renewed.idToken
            tokens.claims = renewed.claims
        }
        tokens.accessToken = grant.accessToken
        tokens.tokenType = grant.tokenType
        tokens.expiresIn = grant.expiresIn
        tokens.accessTokenExpiry = Self.expiry(of: grant, claims: tokens.claims, at: now)
        return tokens
    }

    /// A refresh sets the expiry from `refresh_expires_in`, keeps it if the token stayed the same, else drops it.
    private func refreshTokenExpiry(after grant: TokenGrant, at now: Timestamp) -> Timestamp? {
        if let seconds = grant.refreshExpiresIn { return now + seconds }
        return grant.refreshToken == nil || grant.refreshToken == refreshToken ? refreshTokenExpiry : nil
    }

    /// RFC 6749 leaves `expires_in` out where the life is known otherwise: then the id_token's end stands for it.
    private static func expiry(of grant: TokenGrant, claims: IDTokenClaims, at now: Timestamp) -> Timestamp {
        grant.expiresIn.map { now + $0 } ?? claims.expiry ?? now
    }
}
