/// The claims of an id_token that our rules look at (OpenID Connect Core sections 2 and 5.1).
///
/// They come from the adapter that decoded the token; what is absent there is nil or empty here.
package struct IDTokenClaims: Sendable, Hashable {
    /// `iss`.
    package var issuer: String?
    /// `sub`.
    package var subject: String?
    /// `aud`: a string or a list in the token, always a list here.
    package var audience: [String]
    /// `azp`.
    package var authorizedParty: String?
    /// `exp`.
    package var expiry: Timestamp?
    /// `iat`.
    package var issuedAt: Timestamp?
    /// `nbf`.
    package var notBefore: Timestamp?
    /// `nonce`.
    package var nonce: String?
    /// `at_hash`.
    package var accessTokenHash: String?
    /// `email`.
    package var email: String?
    /// `preferred_username`.
    package var preferredUsername: String?
    /// `name`.
    package var name: String?
    /// `amr`.
    package var authenticationMethods: [String]
    /// `groups`, which is no claim of the standard, but what most providers call it.
    package var groups: [String]

    /// No claims at all, to be filled in.
    package init() {
        audience = []
        authenticationMethods = []
        groups = []
    }
}
