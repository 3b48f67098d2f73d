import Domain
import OIDC
import Ports
import Testing

@Suite struct OIDCVerificationTests {
    @Test("a good token gives its claims, with one request for each document")
    func accepts() async throws {
        let world = try await OIDCWorld()
        let claims = OIDCForge.claims([
            "email": "\"a@example.com\"", "preferred_username": "\"al\"", "name": "\"Al\"", "amr": "[\"pwd\",\"otp\"]",
            "azp": "\"xyz\"", "nbf": "1699999999.75", "exp": "1.7000036E9",
        ])
        let found = try await world.verify(OIDCForge.token(claims))
        var wanted = IDTokenClaims()
        wanted.issuer = OIDCWorld.issuerText
        wanted.subject = "alice"
        wanted.audience = ["xyz"]
        wanted.authorizedParty = "xyz"
        wanted.expiry = OIDCFakeTime.start + 3600
        wanted.issuedAt = OIDCFakeTime.start
        wanted.notBefore = OIDCFakeTime.start - 1
        wanted.nonce = "N1"
        wanted.email = "a@example.com"
        wanted.preferredUsername = "al"
        wanted.name = "Al"
        wanted.authenticationMethods = ["pwd", "otp"]
        #expect(found == wanted)
        #expect(await world.http.requests.count == 2)
    }

    @Test(
        "none, HMAC and unknown algorithms are refused before anything is fetched",
        arguments: ["none", "None", "", "HS256", "HS384", "HS512", "RS1", "ES256K", "rs256"])
    func algorithm(name: String) async throws {
        let world = try await OIDCWorld()
        let token = OIDCForge.token(header: OIDCForge.header(alg: name))
        #expect(try await world.rejection(token) == .algorithmNotAllowed(name))
        #expect(await world.http.requests.isEmpty)
    }

    static let unreadable: [(String, String)] = [
        ("", "three parts"), ("a.b", "three parts"), ("a.b.c.d", "three parts"), ("a.b.c.d.e", "encrypted"),
        ("!.e30.e30", "base64url"), ("e30.e3=.e30", "base64url"), ("e30.e30.e30", "its header: it has no alg"),
        ("W10.e30.e30", "its header"), ("Zm9v.e30.e30", "its header: it is no JSON"),
        (String(repeating: "a", count: 103_000), "longer than"),
        (OIDCForge.token(header: OIDCForge.header(more: ["crit": "[\"b64\"]", "b64": "false"])), "crit"),
        (OIDCForge.token(header: OIDCForge.header(more: ["crit": "null"])), "crit"),
        (OIDCForge.token(header: OIDCForge.header(more: ["alg": "5"])), "its alg has the wrong type"),
        (OIDCForge.token("[]"), "its claims"), (OIDCForge.token("nonsense"), "its claims: it is no JSON"),
        (OIDCForge.token(OIDCForge.claims(["exp": "\"1700003600\""])), "its exp has the wrong type"),
        (OIDCForge.token(OIDCForge.claims(["exp": "1e300"])), "its exp has a value"),
        (OIDCForge.token(OIDCForge.claims(["iat": "true"])), "its iat has the wrong type"),
        (OIDCForge.token(OIDCForge.claims(["aud": "{}"])), "its aud has the wrong type"),
        (OIDCForge.token(OIDCForge.claims(["aud": "[\"xyz\",1]"])), "its aud has the wrong type"),
        (OIDCForge.token(OIDCForge.claims(["sub": "1"])), "its sub has the wrong type"),
        (OIDCForge.token(OIDCForge.claims(["nonce": "[]"])), "its nonce has the wrong type"),
    ]

    @Test("what is no signed token, or has a claim of the wrong type, is malformed", arguments: unreadable)
    func malformed(token: String, reason: String) async throws {
        let world = try await OIDCWorld()
        guard case .malformed(let said)? = try await world.rejection(token) else {
            Issue.record("not malformed: \(token)")
            return
        }
        #expect(said.contains(reason))
    }

    @Test("claims are judged only under a good signature, and then by the rules")
    func claims() async throws {
        let world = try await OIDCWorld()
        let bad = OIDCForge.claims(["nonce": "\"N2\""])
        #expect(try await world.rejection(OIDCForge.token(bad)) == .wrongNonce)
        #expect(try await world.rejection(OIDCForge.token(bad, signedBy: 2)) == .badSignature)
    }

    @Test("a claim that is null is absent")
    func null() async throws {
        let world = try await OIDCWorld()
        let token = OIDCForge.token(OIDCForge.claims(["azp": "null", "email": "null", "iat": "null"]))
        #expect(try await world.rejection(token) == .missingClaim("iat"))
    }

    @Test(
        "at_hash is the left half of the access token's hash by the algorithm's hash function",
        arguments: [("RS256", 16), ("PS384", 24), ("RS512", 32)])
    func accessTokenHash(algorithm: String, half: Int) async throws {
        let world = try await OIDCWorld()
        let function = try #require(JWSAlgorithm(rawValue: algorithm)?.hash)
        let digest = OIDCFakeDigester().digest(Array("at".utf8), function)
        func token(_ hash: [UInt8]) -> String {
            OIDCForge.token(
                OIDCForge.claims(["at_hash": "\"\(Base64URL.encode(hash))\""]),
                header: OIDCForge.header(alg: algorithm))
        }
        #expect(try await world.rejection(token(Array(digest.prefix(half))), accessToken: "at") == nil)
        #expect(try await world.rejection(token(digest), accessToken: "at") == .wrongAccessTokenHash)
        #expect(
            try await world.rejection(token(Array(digest.prefix(half))), accessToken: "at2") == .wrongAccessTokenHash)
        #expect(try await world.rejection(token(digest)) == nil)
    }

    @Test("a refreshed token is held against the one before")
    func refreshed() async throws {
        let world = try await OIDCWorld()
        var before = IDTokenClaims()
        before.subject = "bob"
        let expected = IDTokenExpectations(
            issuer: world.issuer, clientID: world.clientID, accessToken: nil, predecessor: before)
        await #expect(
            throws: IdentityProviderError.rejectedIDToken(.changed(claim: "sub", from: "bob", to: "alice"))
        ) {
            try await world.provider.verify(Secret(OIDCForge.token()), expected, by: world.deadline())
        }
    }
}
