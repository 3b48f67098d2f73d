package import Domain
package import Ports

extension OpenIDProvider: IDTokenVerifier {
    package func prepare(by deadline: Deadline) async throws(IdentityProviderError) {
        let address = try await metadata(by: deadline).keysAddress
        _ = try await published.reading(at: address, by: deadline, keySetReader(address))
    }

    package func verify(_ idToken: Secret, _ expected: IDTokenExpectations, by deadline: Deadline)
        async throws(IdentityProviderError) -> IDTokenClaims
    {
        let token = try Self.rejecting { () throws(IDTokenRejection) in try SignedToken(idToken) }
        return try checked(token, expected, try await key(thatSigned: token, by: deadline))
    }

    /// The claims of a token whose signature that key made.
    private func checked(_ token: SignedToken, _ expected: IDTokenExpectations, _ key: JSONWebKey)
        throws(IdentityProviderError) -> IDTokenClaims
    {
        try Self.rejecting { () throws(IDTokenRejection) in
            let claims = try IDTokenPayload.read(token.payload)
            let digest = accessTokenDigest(expected.accessToken, claims, token.algorithm, key)
            try IDTokenValidation.check(claims, expected, accessTokenDigest: digest, at: time.now())
            return claims
        }
    }

    /// The access token's hash, where it is to be compared: not with Ed448, whose hash is none of ours.
    private func accessTokenDigest(
        _ accessToken: Secret?, _ claims: IDTokenClaims, _ algorithm: JWSAlgorithm, _ key: JSONWebKey
    ) -> [UInt8]? {
        guard let accessToken, claims.accessTokenHash != nil else { return nil }
        if case .edwards(.ed448, _) = key.parameters { return nil }
        return digester.digest(Array(accessToken.revealed.utf8), algorithm.hash)
    }

    private static func rejecting<Value>(_ body: () throws(IDTokenRejection) -> Value)
        throws(IdentityProviderError) -> Value
    {
        do throws(IDTokenRejection) {
            return try body()
        } catch {
            throw .rejectedIDToken(error)
        }
    }
}

extension OpenIDProvider: KeptKeysVerifier {
    package func verify(_ idToken: Secret, _ expected: IDTokenExpectations, orStale: Bool)
        throws(IdentityProviderError) -> IDTokenClaims?
    {
        let token = try Self.rejecting { () throws(IDTokenRejection) in try SignedToken(idToken) }
        guard let key = try keptKey(thatSigned: token, orStale: orStale) else { return nil }
        return try checked(token, expected, key)
    }
}
