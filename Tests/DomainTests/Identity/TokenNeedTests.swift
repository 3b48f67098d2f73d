import Domain
import Testing

@Suite("When cached tokens are good enough") struct TokenNeedTests {
    private static let now = Timestamp(seconds: 1_700_000_000)

    /// Tokens of which the id_token and the access token have so much left, of lives as long as that.
    private static func tokens(
        idLeft: Int64? = 3000, idLife: Int64? = 3600, accessLeft: Int64 = 3000, accessLife: Int64? = 3600
    ) -> TokenSet {
        var claims = IDTokenClaims()
        claims.expiry = idLeft.map { now + $0 }
        if let idLeft, let idLife { claims.issuedAt = now + idLeft - idLife }
        return TokenSet(
            accessToken: Secret("access"), tokenType: "Bearer", accessTokenExpiry: now + accessLeft,
            expiresIn: accessLife, idToken: Secret("id"), claims: claims, refreshToken: nil, refreshTokenExpiry: nil)
    }

    /// What is left, of which life, and whether that is live: the margin is 10 s or a quarter of the life, the smaller.
    static let lives: [(Int64, Int64?, Bool)] = [
        (3600, 3600, true), (11, 3600, true), (10, 3600, false), (0, 3600, false), (-1, 3600, false), (11, 40, true),
        (10, 40, false), (10, 39, true), (9, 39, false), (6, 20, true), (5, 20, false), (1, 3, true), (0, 3, false),
        (1, 0, true), (0, 0, false), (1, -50, true), (0, -50, false), (11, nil, true), (10, nil, false),
    ]

    @Test("For STS the id_token alone decides", arguments: lives)
    func idToken(left: Int64, life: Int64?, isLive: Bool) {
        for accessLeft in [-5000, 3000] as [Int64] {
            let tokens = Self.tokens(idLeft: left, idLife: life, accessLeft: accessLeft)
            #expect(TokenNeed.idToken.isMet(by: tokens, at: Self.now) == isLive)
            #expect((TokenNeed.idToken.shortcoming(of: tokens, at: Self.now) == nil) == isLive)
        }
        #expect(
            TokenNeed.allTokens.isMet(by: Self.tokens(idLeft: left, idLife: life), at: Self.now) == isLive)
    }

    @Test("Who prints both tokens needs the access token live as well", arguments: lives)
    func accessToken(left: Int64, life: Int64?, isLive: Bool) {
        let tokens = Self.tokens(accessLeft: left, accessLife: life)
        #expect(TokenNeed.allTokens.isMet(by: tokens, at: Self.now) == isLive)
        #expect(TokenNeed.idToken.isMet(by: tokens, at: Self.now))
    }

    @Test("A token that was refused will not do however live it is, and any other will")
    func refused() {
        let tokens = Self.tokens()
        var others = Self.tokens()
        others.idToken = Secret("other")
        let refused = TokenNeed.idToken(otherThan: tokens)
        #expect(!refused.isMet(by: tokens, at: Self.now))
        #expect(!refused.isRight(tokens))
        #expect(TokenNeed.idToken(otherThan: others).isMet(by: tokens, at: Self.now))
        #expect(!TokenNeed.idToken(otherThan: others).isMet(by: Self.tokens(idLeft: 0), at: Self.now))
        #expect(TokenNeed.idToken.isRight(tokens))
        #expect(TokenNeed.allTokens.isRight(Self.tokens(idLeft: -5)))
    }

    @Test("Who wants a later sign-in does not take what a refresh makes of the old one", arguments: ["first", nil])
    func laterSignIn(first: String?) {
        var old = Self.tokens()
        old.signIn = first
        var refreshed = old
        refreshed.idToken = Secret("refreshed")
        var later = refreshed
        later.signIn = "second"
        let need = TokenNeed.signIn(after: old)
        #expect(!need.isRight(old))
        #expect(!need.isRight(refreshed))
        #expect(need.isRight(later))
        #expect(need.isMet(by: later, at: Self.now))
        #expect(!need.isMet(by: later, at: Self.now + 3600))
    }

    @Test("The reason says which token is over, since when, and never the token")
    func reasons() {
        #expect(
            TokenNeed.allTokens.shortcoming(of: Self.tokens(idLeft: -20, accessLeft: -30), at: Self.now)
                == "the id_token expired at 2023-11-14T22:13:00Z")
        #expect(
            TokenNeed.allTokens.shortcoming(of: Self.tokens(accessLeft: -30), at: Self.now)
                == "the access token expired at 2023-11-14T22:12:50Z")
        #expect(
            TokenNeed.idToken.shortcoming(of: Self.tokens(idLeft: nil), at: Self.now)
                == "the id_token names no expiry")
        #expect(!TokenNeed.idToken.isMet(by: Self.tokens(idLeft: nil), at: Self.now))
    }
}
