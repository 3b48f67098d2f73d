/// What an id_token must say to be the answer to our request (OpenID Connect Core sections 3.1.3.7 and 12.2).
package struct IDTokenExpectations: Sendable, Hashable {
    /// Who must have issued it.
    package let issuer: Issuer
    /// For whom it must be.
    package let clientID: ClientID
    /// The nonce of the authorization request; nil where none was sent (RFC 8628), and for a refreshed token, whose nonce, if any, is not compared.
    package let nonce: Secret?
    /// The access token that came with it, for `at_hash`; nil where it is not at hand.
    package let accessToken: Secret?
    /// The claims of the token that this one replaces: iss, sub and aud must stay.
    ///
    /// What is absent there is not compared.
    package let predecessor: IDTokenClaims?

    /// Expectations of a token that answers a sign-in.
    package init(issuer: Issuer, clientID: ClientID, nonce: Secret?, accessToken: Secret?) {
        self.issuer = issuer
        self.clientID = clientID
        self.nonce = nonce
        self.accessToken = accessToken
        predecessor = nil
    }

    /// Expectations of a token that answers a refresh.
    package init(issuer: Issuer, clientID: ClientID, accessToken: Secret?, predecessor: IDTokenClaims?) {
        self.issuer = issuer
        self.clientID = clientID
        nonce = nil
        self.accessToken = accessToken
        self.predecessor = predecessor
    }
}
