/// What an identity provider says of itself in its discovery document (OpenID Connect Discovery 1.0 section 3, RFC 8414).
package struct ProviderMetadata: Sendable, Hashable {
    /// `issuer`, equal to the configured one to the letter.
    package let issuer: Issuer
    /// `authorization_endpoint`.
    package let authorizationEndpoint: String
    /// `token_endpoint`.
    package let tokenEndpoint: String
    /// `jwks_uri`.
    package let keysAddress: String
    /// `introspection_endpoint` (RFC 7662), where there is one.
    package let introspectionEndpoint: String?
    /// `revocation_endpoint` (RFC 7009), where there is one.
    package let revocationEndpoint: String?
    /// `device_authorization_endpoint` (RFC 8628 section 4), where there is one.
    package let deviceAuthorizationEndpoint: String?
    /// `authorization_response_iss_parameter_supported` (RFC 9207 section 3): `iss` is required in the redirect.
    package let namesItselfInRedirect: Bool

    /// Metadata with these members.
    package init(
        issuer: Issuer, authorizationEndpoint: String, tokenEndpoint: String, keysAddress: String,
        introspectionEndpoint: String?, revocationEndpoint: String? = nil,
        deviceAuthorizationEndpoint: String? = nil, namesItselfInRedirect: Bool
    ) {
        self.issuer = issuer
        self.authorizationEndpoint = authorizationEndpoint
        self.tokenEndpoint = tokenEndpoint
        self.keysAddress = keysAddress
        self.introspectionEndpoint = introspectionEndpoint
        self.revocationEndpoint = revocationEndpoint
        self.deviceAuthorizationEndpoint = deviceAuthorizationEndpoint
        self.namesItselfInRedirect = namesItselfInRedirect
    }
}
