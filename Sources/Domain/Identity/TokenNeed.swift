/// What a caller needs of cached tokens, and so when they are good enough.
package struct TokenNeed: Sendable {
    /// Whether the access token must be live as well: for `token` and `check-token-valid`, not for STS.
    package let includesAccessToken: Bool
    /// An id_token that its receiver has refused as expired, whatever our clock says.
    package let refused: Secret?

    /// What STS needs: an id_token; it alone decides.
    package static let idToken = TokenNeed(includesAccessToken: false, refused: nil)
    /// What `token` prints: both tokens.
    package static let allTokens = TokenNeed(includesAccessToken: true, refused: nil)

    /// An id_token other than this one.
    package static func idToken(otherThan refused: Secret) -> TokenNeed {
        TokenNeed(includesAccessToken: false, refused: refused)
    }

    /// Whether these tokens will do at that moment.
    package func isMet(by tokens: TokenSet, at now: Timestamp) -> Bool {
        isRight(tokens) && shortcoming(of: tokens, at: now) == nil
    }

    /// Whether these tokens will do if they were made just now, whatever this host's clock says.
    package func isRight(_ tokens: TokenSet) -> Bool { refused == nil || tokens.idToken != refused }

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
