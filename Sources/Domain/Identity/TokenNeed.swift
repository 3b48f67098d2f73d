/// What a caller needs of cached tokens, and so when they are good enough.
package struct TokenNeed: Sendable, Hashable {
    /// Whether the access token must be live as well: for `token` and `check-token-valid`, not for STS.
    package var includesAccessToken = false
    /// The mark of an id_token that will not do, whatever our clock says (`TokenSet.idTokenMark`).
    package var refusedIDToken: String?
    /// The sign-in whose tokens will not do (`TokenSet.signIn`); empty for those of which it is not known.
    package var refusedSignIn: String?

    /// A need of any id_token that is live, but for what is said.
    package init(
        includesAccessToken: Bool = false, refusedIDToken: String? = nil, refusedSignIn: String? = nil
    ) {
        self.includesAccessToken = includesAccessToken
        self.refusedIDToken = refusedIDToken
        self.refusedSignIn = refusedSignIn
    }

    /// What STS needs: an id_token; it alone decides.
    package static let idToken = TokenNeed()
    /// What `token` prints: both tokens.
    package static let allTokens = TokenNeed(includesAccessToken: true)

    /// Another id_token than that of these tokens, which its receiver has refused as expired.
    package static func idToken(otherThan refused: TokenSet) -> TokenNeed {
        TokenNeed(refusedIDToken: refused.idTokenMark)
    }

    /// Tokens of a later sign-in than these: a refresh of them will not do.
    package static func signIn(after old: TokenSet) -> TokenNeed {
        TokenNeed(refusedIDToken: old.idTokenMark, refusedSignIn: old.signIn ?? "")
    }

    /// Whether these tokens will do at that moment.
    package func isMet(by tokens: TokenSet, at now: Timestamp) -> Bool {
        isRight(tokens) && shortcoming(of: tokens, at: now) == nil
    }

    /// Whether these tokens will do if they were made just now, whatever this host's clock says.
    package func isRight(_ tokens: TokenSet) -> Bool {
        if let refusedSignIn, tokens.signIn ?? "" == refusedSignIn { return false }
        return refusedIDToken == nil || tokens.idTokenMark != refusedIDToken
    }

    /// Why these tokens will not do, in words; nil where they will.
    package func shortcoming(of tokens: TokenSet, at now: Timestamp) -> String? {
        guard let expiry = tokens.claims.expiry else { return "the id_token names no expiry" }
        if !Self.isLive(from: tokens.claims.issuedAt, to: expiry, at: now) {
            return "the id_token expired at \(expiry.rfc3339)"
        }
        guard includesAccessToken else { return nil }
        let start = tokens.expiresIn.map { tokens.accessTokenExpiry - $0 }
        return Self.isLive(from: start, to: tokens.accessTokenExpiry, at: now)
            ? nil : "the access token expired at \(tokens.accessTokenExpiry.rfc3339)"
    }

    /// Live is: more than the margin left, which is 10 s or a quarter of the life, the smaller.
    private static func isLive(from start: Timestamp?, to expiry: Timestamp, at now: Timestamp) -> Bool {
        let margin = start.map { min(10, max(0, expiry.since($0)) / 4) } ?? 10
        return expiry.since(now) > margin
    }
}
