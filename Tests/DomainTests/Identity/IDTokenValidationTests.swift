import Domain
import Testing

@Suite struct IDTokenValidationTests {
    static let now = Timestamp(seconds: 1_700_000_000)
    static let digest = [UInt8](0..<32)
    static let digestHalf = Base64URL.encode([UInt8](0..<16))

    /// A change to good claims.
    typealias Change = @Sendable (inout IDTokenClaims) -> Void

    static func claims(_ change: Change = { _ in }) -> IDTokenClaims {
        var claims = IDTokenClaims()
        claims.issuer = "https://id.example.com"
        claims.subject = "alice"
        claims.audience = ["xyz"]
        claims.issuedAt = now
        claims.expiry = now + 3600
        claims.nonce = "N1"
        change(&claims)
        return claims
    }

    private func rejection(
        of claims: IDTokenClaims, predecessor: IDTokenClaims? = nil, isRefresh: Bool = false, digest: [UInt8]? = digest
    ) throws -> IDTokenRejection? {
        let issuer = try Issuer("https://id.example.com")
        let client = try ClientID("xyz")
        let expected =
            isRefresh
            ? IDTokenExpectations(issuer: issuer, clientID: client, accessToken: nil, predecessor: predecessor)
            : IDTokenExpectations(issuer: issuer, clientID: client, nonce: Secret("N1"), accessToken: nil)
        do throws(IDTokenRejection) {
            try IDTokenValidation.check(claims, expected, accessTokenDigest: digest, at: Self.now)
            return nil
        } catch {
            return error
        }
    }

    static let accepted: [(String, Change)] = [
        ("as they are", { _ in }),
        ("with an exp 59 s ago", { $0.expiry = now - 59 }),
        ("with an iat 60 s ahead", { $0.issuedAt = now + 60 }),
        ("with an nbf 60 s ahead", { $0.notBefore = now + 60 }),
        ("with an old iat", { $0.issuedAt = now - 100_000 }),
        ("with our azp", { $0.authorizedParty = "xyz" }),
        (
            "with several audiences and our azp",
            {
                $0.audience = ["abc", "xyz"]
                $0.authorizedParty = "xyz"
            }
        ),
        ("with the same audience twice", { $0.audience = ["xyz", "xyz"] }),
        ("with the access token's hash", { $0.accessTokenHash = digestHalf }),
    ]

    @Test("good claims are accepted", arguments: accepted)
    func accepts(how: String, change: Change) throws {
        #expect(try rejection(of: Self.claims(change)) == nil, "\(how)")
    }

    static let rejected: [(IDTokenRejection, Change)] = [
        (.missingClaim("iss"), { $0.issuer = nil }),
        (.missingClaim("sub"), { $0.subject = nil }),
        (.missingClaim("sub"), { $0.subject = "" }),
        (.missingClaim("aud"), { $0.audience = [] }),
        (.missingClaim("exp"), { $0.expiry = nil }),
        (.missingClaim("iat"), { $0.issuedAt = nil }),
        (.missingClaim("nonce"), { $0.nonce = nil }),
        (.missingClaim("azp"), { $0.audience = ["xyz", "abc"] }),
        (.expired(secondsAgo: 60), { $0.expiry = now - 60 }),
        (.issuedInTheFuture(seconds: 61), { $0.issuedAt = now + 61 }),
        (.notYetValid(seconds: 61), { $0.notBefore = now + 61 }),
        (.wrongNonce, { $0.nonce = "N2" }),
        (.wrongNonce, { $0.nonce = "" }),
        (.wrongAccessTokenHash, { $0.accessTokenHash = Base64URL.encode(digest) }),
        (.wrongAccessTokenHash, { $0.accessTokenHash = "" }),
    ]

    @Test("a claim that is missing or wrong is named", arguments: rejected)
    func rejects(expected: IDTokenRejection, change: Change) throws {
        #expect(try rejection(of: Self.claims(change)) == expected)
    }

    @Test(
        "the issuer is compared to the letter",
        arguments: ["https://id.example.com/", "https://ID.example.com", "http://id.example.com", ""])
    func issuer(text: String) throws {
        let expected = IDTokenRejection.wrongIssuer(found: text, expected: try Issuer("https://id.example.com"))
        #expect(try rejection(of: Self.claims { $0.issuer = text }) == expected)
    }

    @Test("the audience must hold the client id", arguments: [["abc"], ["XYZ"], ["abc", "xyz2"], [""]])
    func audience(list: [String]) throws {
        let expected = IDTokenRejection.wrongAudience(found: list, expected: try ClientID("xyz"))
        #expect(try rejection(of: Self.claims { $0.audience = list }) == expected)
    }

    @Test("an azp of another client is refused, whatever the audience", arguments: [["xyz"], ["abc", "xyz"]])
    func authorizedParty(list: [String]) throws {
        let claims = Self.claims {
            $0.audience = list
            $0.authorizedParty = "abc"
        }
        #expect(
            try rejection(of: claims) == .wrongAuthorizedParty(found: "abc", expected: try ClientID("xyz")))
    }

    @Test("at_hash is compared only where the access token's digest is at hand")
    func withoutDigest() throws {
        #expect(try rejection(of: Self.claims { $0.accessTokenHash = "x" }, digest: nil) == nil)
    }

    static let refreshed: [(IDTokenRejection?, Change, Change)] = [
        (nil, { _ in }, { $0.nonce = nil }),
        (nil, { _ in }, { $0.nonce = "another" }),
        (nil, { $0.subject = nil }, { _ in }),
        (nil, { $0.audience = [] }, { _ in }),
        (.changed(claim: "sub", from: "bob", to: "alice"), { $0.subject = "bob" }, { _ in }),
        (.changed(claim: "aud", from: "xyz abc", to: "xyz"), { $0.audience = ["xyz", "abc"] }, { _ in }),
        (
            .changed(claim: "iss", from: "https://other.example.com", to: "https://id.example.com"),
            { $0.issuer = "https://other.example.com" }, { _ in }
        ),
        (.missingClaim("sub"), { _ in }, { $0.subject = nil }),
        (
            nil, { $0.audience = ["abc", "xyz"] },
            {
                $0.audience = ["xyz", "abc"]
                $0.authorizedParty = "xyz"
            }
        ),
    ]

    @Test("a refreshed token keeps iss, sub and aud of the one before; its nonce is not compared", arguments: refreshed)
    func refresh(expected: IDTokenRejection?, before: Change, after: Change) throws {
        let found = try rejection(
            of: Self.claims(after), predecessor: Self.claims(before), isRefresh: true, digest: nil)
        #expect(found == expected)
    }

    @Test("a refreshed token of which no predecessor is known is checked by itself")
    func refreshAlone() throws {
        #expect(try rejection(of: Self.claims { $0.nonce = nil }, isRefresh: true) == nil)
    }
}
