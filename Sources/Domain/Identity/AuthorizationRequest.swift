/// The request that the person's browser carries to the identity provider (OpenID Connect Core section 3.1.2.1, RFC 7636 section 4.3).
package struct AuthorizationRequest: Sendable, Hashable {
    /// `scope`: an id_token, a refresh token, and the claims that a session name and a config service look at.
    package static let scope = "openid offline_access email groups"

    /// `authorization_endpoint` of the provider; it may have a query already.
    package let endpoint: String
    /// `client_id`.
    package let clientID: ClientID
    /// `redirect_uri`, to the letter as it will be redeemed.
    package let redirectURI: String
    /// `state`: fresh for each attempt.
    package let state: Secret
    /// `nonce`: fresh for each attempt.
    package let nonce: Secret
    /// `code_challenge`, by method S256.
    package let challenge: String

    /// A request to that provider.
    package init(
        to provider: ProviderMetadata, clientID: ClientID, redirectURI: String, state: Secret, nonce: Secret,
        challenge: String
    ) {
        endpoint = provider.authorizationEndpoint
        self.clientID = clientID
        self.redirectURI = redirectURI
        self.state = state
        self.nonce = nonce
        self.challenge = challenge
    }

    /// The address to open in the browser.
    ///
    /// It holds state and nonce, which are of no use without the verifier, so it may be shown to the person.
    package var address: String {
        let parameters = [
            ("response_type", "code"),
            ("client_id", clientID.text),
            ("redirect_uri", redirectURI),
            ("scope", Self.scope),
            ("state", state.revealed),
            ("nonce", nonce.revealed),
            ("code_challenge", challenge),
            ("code_challenge_method", PKCE.method),
        ]
        let query = parameters.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        return endpoint + separator + query
    }

    /// What stands between the endpoint and our parameters (RFC 6749 section 3.1: a query that is there already is kept).
    private var separator: String {
        guard endpoint.contains("?") else { return "?" }
        return endpoint.hasSuffix("?") || endpoint.hasSuffix("&") ? "" : "&"
    }
}
