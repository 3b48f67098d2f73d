import Domain
import Testing

@Suite("Tokens after a sign-in and after a refresh") struct TokenSetTests {
    private static let now = Timestamp(seconds: 1_700_000_000)
    private static let later = now + 1000

    private static func claims(_ subject: String, expiry: Timestamp?) -> IDTokenClaims {
        var claims = IDTokenClaims()
        claims.subject = subject
        claims.expiry = expiry
        return claims
    }

    private static func grant(
        access: String = "access-2", refresh: String? = nil, expiresIn: Int64? = 300, refreshExpiresIn: Int64? = nil,
        type: String = "Bearer"
    ) -> TokenGrant {
        TokenGrant(
            accessToken: Secret(access), tokenType: type, refreshToken: refresh.map { Secret($0) },
            idToken: Secret("unchecked"), expiresIn: expiresIn, refreshExpiresIn: refreshExpiresIn)
    }

    private static let signedIn = TokenSet(
        signedIn: grant(access: "access-1", refresh: "refresh-1", expiresIn: 600, refreshExpiresIn: 5000),
        idToken: Secret("id-1"), claims: claims("me", expiry: now + 700), at: now)

    @Test("A sign-in's tokens are those of the grant, with the id_token that was verified")
    func signIn() {
        let tokens = Self.signedIn
        #expect(tokens.accessToken == Secret("access-1"))
        #expect(tokens.tokenType == "Bearer")
        #expect(tokens.accessTokenExpiry == Self.now + 600)
        #expect(tokens.expiresIn == 600)
        #expect(tokens.idToken == Secret("id-1"))
        #expect(tokens.claims == Self.claims("me", expiry: Self.now + 700))
        #expect(tokens.refreshToken == Secret("refresh-1"))
        #expect(tokens.refreshTokenExpiry == Self.now + 5000)
        #expect(tokens.refreshGivesIDToken)
        #expect(tokens.signIn == tokens.idTokenMark)
        let refreshed = tokens.refreshed(
            by: Self.grant(), renewed: (Secret("id-2"), Self.claims("me", expiry: nil)), at: Self.later)
        #expect(refreshed.signIn == tokens.signIn && refreshed.idTokenMark != tokens.idTokenMark)
    }

    @Test(
        "Where the provider does not say how long the access token lives, the id_token's end stands for it",
        arguments: [(600, 700, 600), (nil, 700, 700), (nil, nil, 0), (0, 700, 0), (-5, 700, -5)]
            as [(Int64?, Int64?, Int64)])
    func accessTokenExpiry(expiresIn: Int64?, idTokenLife: Int64?, life: Int64) {
        let tokens = TokenSet(
            signedIn: Self.grant(expiresIn: expiresIn), idToken: Secret("id"),
            claims: Self.claims("me", expiry: idTokenLife.map { Self.now + $0 }), at: Self.now)
        #expect(tokens.accessTokenExpiry == Self.now + life)
        #expect(tokens.expiresIn == expiresIn)
        #expect(tokens.refreshToken == nil)
        #expect(tokens.refreshTokenExpiry == nil)
    }

    @Test("A provider that promises all the time there is does not make an expired token")
    func forEver() {
        let tokens = TokenSet(
            signedIn: Self.grant(refresh: "r", expiresIn: .max, refreshExpiresIn: .max), idToken: Secret("id"),
            claims: Self.claims("me", expiry: Self.now + 700), at: Self.now)
        #expect(tokens.accessTokenExpiry > Self.now)
        #expect(tokens.refreshTokenExpiry.map { $0 > Self.now } == true)
        #expect(TokenNeed.allTokens.isMet(by: tokens, at: Self.now))
    }

    @Test(
        "A refresh sets the refresh token's end from refresh_expires_in, keeps it with the token, else drops it",
        arguments: [
            (nil, nil, "refresh-1", 5000), ("refresh-1", nil, "refresh-1", 5000), ("refresh-2", nil, "refresh-2", nil),
            ("refresh-2", 9000, "refresh-2", 10000), ("refresh-1", 9000, "refresh-1", 10000),
            (nil, 9000, "refresh-1", 10000),
        ] as [(String?, Int64?, String, Int64?)])
    func refreshToken(granted: String?, expiresIn: Int64?, kept: String, life: Int64?) {
        let grant = Self.grant(refresh: granted, refreshExpiresIn: expiresIn)
        for tokens in [
            Self.signedIn.rotated(by: grant, at: Self.later),
            Self.signedIn.refreshed(by: grant, renewed: nil, at: Self.later),
        ] {
            #expect(tokens.refreshToken == Secret(kept))
            #expect(tokens.refreshTokenExpiry == life.map { Self.now + $0 })
        }
    }

    @Test("What is stored before anything is checked has nothing new but the refresh token")
    func rotated() {
        var expected = Self.signedIn
        expected.refreshToken = Secret("refresh-2")
        expected.refreshTokenExpiry = nil
        #expect(Self.signedIn.rotated(by: Self.grant(refresh: "refresh-2"), at: Self.later) == expected)
    }

    @Test("A refresh without an id_token keeps the old one and its claims")
    func withoutIDToken() {
        let tokens = Self.signedIn.refreshed(by: Self.grant(type: "DPoP"), renewed: nil, at: Self.later)
        #expect(tokens.idToken == Secret("id-1"))
        #expect(tokens.claims == Self.signedIn.claims)
        #expect(tokens.accessToken == Secret("access-2"))
        #expect(tokens.tokenType == "DPoP")
        #expect(tokens.accessTokenExpiry == Self.later + 300)
        #expect(tokens.expiresIn == 300)
    }

    @Test("A refresh with an id_token takes the verified one and its claims", arguments: [300, nil] as [Int64?])
    func withIDToken(expiresIn: Int64?) {
        let claims = Self.claims("me", expiry: Self.later + 700)
        let tokens = Self.signedIn.refreshed(
            by: Self.grant(expiresIn: expiresIn), renewed: (Secret("id-2"), claims), at: Self.later)
        #expect(tokens.idToken == Secret("id-2"))
        #expect(tokens.claims == claims)
        #expect(tokens.accessTokenExpiry == Self.later + (expiresIn ?? 700))
        #expect(tokens.expiresIn == expiresIn)
    }

    @Test("What is known of the provider outlives a refresh")
    func knowledge() {
        var tokens = Self.signedIn
        tokens.refreshGivesIDToken = false
        #expect(!tokens.refreshed(by: Self.grant(), renewed: nil, at: Self.later).refreshGivesIDToken)
        #expect(!tokens.rotated(by: Self.grant(), at: Self.later).refreshGivesIDToken)
    }
}
