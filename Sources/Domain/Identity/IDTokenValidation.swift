/// The rules for the claims of an id_token whose signature was found good (OpenID Connect Core section 3.1.3.7).
package enum IDTokenValidation {
    /// How many seconds the provider's clock and ours may differ.
    package static let leeway: Int64 = 60

    /// Accepts the claims, or says what is wrong with them.
    ///
    /// - Parameter accessTokenDigest: the access token's hash by the algorithm of the token's signature; nil where
    ///   `at_hash` is not to be compared.
    package static func check(
        _ claims: IDTokenClaims, _ expected: IDTokenExpectations, accessTokenDigest: [UInt8]?, at now: Timestamp
    ) throws(IDTokenRejection) {
        try checkIssuer(claims, expected)
        try checkSubject(claims, expected)
        try checkAudience(claims, expected)
        try checkTimes(claims, at: now)
        try checkNonce(claims, expected)
        try checkAccessToken(claims, digest: accessTokenDigest)
    }

    private static func checkIssuer(_ claims: IDTokenClaims, _ expected: IDTokenExpectations)
        throws(IDTokenRejection)
    {
        guard let issuer = claims.issuer else { throw .missingClaim("iss") }
        guard ConstantTime.areEqual(issuer, expected.issuer.text) else {
            throw .wrongIssuer(found: issuer, expected: expected.issuer)
        }
        if let before = expected.predecessor?.issuer, !ConstantTime.areEqual(issuer, before) {
            throw .changed(claim: "iss", from: before, to: issuer)
        }
    }

    private static func checkSubject(_ claims: IDTokenClaims, _ expected: IDTokenExpectations)
        throws(IDTokenRejection)
    {
        guard let subject = claims.subject, !subject.isEmpty else { throw .missingClaim("sub") }
        if let before = expected.predecessor?.subject, !ConstantTime.areEqual(subject, before) {
            throw .changed(claim: "sub", from: before, to: subject)
        }
    }

    private static func checkAudience(_ claims: IDTokenClaims, _ expected: IDTokenExpectations)
        throws(IDTokenRejection)
    {
        let audience = Set(claims.audience.map { Array($0.utf8) })
        let client = expected.clientID.text
        guard !audience.isEmpty else { throw .missingClaim("aud") }
        guard audience.contains(Array(client.utf8)) else {
            throw .wrongAudience(found: claims.audience, expected: expected.clientID)
        }
        if let party = claims.authorizedParty {
            guard ConstantTime.areEqual(party, client) else {
                throw .wrongAuthorizedParty(found: party, expected: expected.clientID)
            }
        } else if audience.count > 1 {
            throw .missingClaim("azp")
        }
        if let before = expected.predecessor?.audience, !before.isEmpty, Set(before.map { Array($0.utf8) }) != audience
        {
            throw .changed(
                claim: "aud", from: before.joined(separator: " "), to: claims.audience.joined(separator: " "))
        }
    }

    private static func checkTimes(_ claims: IDTokenClaims, at now: Timestamp) throws(IDTokenRejection) {
        guard let expiry = claims.expiry else { throw .missingClaim("exp") }
        guard let issuedAt = claims.issuedAt else { throw .missingClaim("iat") }
        guard expiry > now - leeway else { throw .expired(secondsAgo: now.since(expiry)) }
        guard issuedAt <= now + leeway else { throw .issuedInTheFuture(seconds: issuedAt.since(now)) }
        if let notBefore = claims.notBefore, notBefore > now + leeway {
            throw .notYetValid(seconds: notBefore.since(now))
        }
    }

    private static func checkNonce(_ claims: IDTokenClaims, _ expected: IDTokenExpectations)
        throws(IDTokenRejection)
    {
        guard let wanted = expected.nonce else { return }
        guard let nonce = claims.nonce else { throw .missingClaim("nonce") }
        guard ConstantTime.areEqual(nonce, wanted.revealed) else { throw .wrongNonce }
    }

    /// The left half of the digest, in base64url (section 3.1.3.6).
    private static func checkAccessToken(_ claims: IDTokenClaims, digest: [UInt8]?) throws(IDTokenRejection) {
        guard let found = claims.accessTokenHash, let digest else { return }
        let wanted = Base64URL.encode(Array(digest.prefix(digest.count / 2)))
        guard ConstantTime.areEqual(found, wanted) else { throw .wrongAccessTokenHash }
    }
}
