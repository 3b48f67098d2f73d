package import Domain

/// Tokens that nobody issued, and the key that they belong to.
package enum MadeUp {
    /// The issuer of all of them.
    package static let issuer = "https://login.example.com"
    /// The client of all of them.
    package static let client = "made-up-client"

    /// The key of that client, or of another one.
    package static func key(client: String = client) throws -> TokenKey {
        TokenKey(issuer: try Issuer(issuer), clientID: try ClientID(client))
    }

    /// Tokens whose parts bear that name; `refresh` names the refresh token where it is another one.
    package static func tokens(_ name: String, refresh: String? = nil, expiry: Int64) -> TokenSet {
        var claims = IDTokenClaims()
        claims.issuer = issuer
        claims.subject = "person"
        claims.audience = [client]
        claims.expiry = Timestamp(seconds: expiry)
        claims.issuedAt = Timestamp(seconds: 1)
        claims.email = "person@example.com"
        claims.name = "A Person"
        return TokenSet(
            accessToken: Secret("access-" + name), tokenType: "Bearer",
            accessTokenExpiry: Timestamp(seconds: expiry), expiresIn: 3600,
            idToken: Secret(idToken(name, expiry: expiry)), claims: claims,
            refreshToken: Secret("refresh-" + (refresh ?? name)), refreshTokenExpiry: nil)
    }

    /// An id_token with a signature that is none.
    package static func idToken(_ name: String, expiry: Int64) -> String {
        let payload = """
            {"iss":"\(issuer)","sub":"person","aud":"\(client)","exp":\(expiry),"iat":1,"jti":"\(name)",\
            "email":"person@example.com","name":"A Person"}
            """
        let parts = [#"{"alg":"RS256","kid":"made-up"}"#, payload, "no signature"]
        return parts.map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
    }
}
