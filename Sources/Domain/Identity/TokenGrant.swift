/// What the token endpoint gave (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3), before anything of it is checked.
package struct TokenGrant: Sendable, Hashable {
    /// `access_token`.
    package let accessToken: Secret
    /// `token_type`, `Bearer` as a rule.
    package let tokenType: String
    /// `refresh_token`; absent where the old one goes on, or where there is none.
    package let refreshToken: Secret?
    /// `id_token`; a refresh need not give one (Core section 12.2).
    package let idToken: Secret?
    /// `expires_in`: the access token's life in seconds.
    package let expiresIn: Int64?
    /// `refresh_expires_in` (Keycloak, Entra): the refresh token's life in seconds.
    package let refreshExpiresIn: Int64?

    /// A grant with these members.
    package init(
        accessToken: Secret, tokenType: String, refreshToken: Secret?, idToken: Secret?, expiresIn: Int64?,
        refreshExpiresIn: Int64?
    ) {
        self.accessToken = accessToken
        self.tokenType = tokenType
        self.refreshToken = refreshToken
        self.idToken = idToken
        self.expiresIn = expiresIn
        self.refreshExpiresIn = refreshExpiresIn
    }
}
