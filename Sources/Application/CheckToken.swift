package import Domain
package import Ports

/// Tells whether the cached tokens are present and live, without refreshing anything.
package struct CheckToken: Sendable {
    /// The answer.
    package enum Answer: Sendable, Hashable {
        case valid
        case invalid(reason: String)
    }

    let key: TokenKey
    let store: any TokenStore
    let verdicts: any VerdictBoard
    let time: any TimeSource

    /// The check of that key's tokens.
    package init(key: TokenKey, store: any TokenStore, verdicts: any VerdictBoard, time: any TimeSource) {
        self.key = key
        self.store = store
        self.verdicts = verdicts
        self.time = time
    }

    /// Seconds until the id_token ends, which is what AWS credentials are made from; 0 where there is none.
    package func idTokenLife() -> Int64 {
        guard let tokens = (try? store.read(key))?.tokens, let expiry = tokens.claims.expiry,
            tokens.idTokenMark != verdicts.revokedMark(key)
        else { return 0 }
        return max(0, expiry.since(time.now()))
    }

    /// Looks, and tells.
    package func callAsFunction() throws(TokenStoreError) -> Answer {
        guard let stored = try store.read(key) else {
            if let damage = store.damage(key) {
                return .invalid(reason: "\(damage.line(goingOn: "Run \(LoginCommand.text(key))."))")
            }
            return .invalid(reason: "no token of \(key.issuer.text) is cached; run \(LoginCommand.text(key))")
        }
        if stored.tokens.idTokenMark == verdicts.revokedMark(key) {
            return .invalid(
                reason: "the tokens of \(key.issuer.text) are revoked, though a logout could not remove them; "
                    + "run \(LoginCommand.text(key))")
        }
        return TokenNeed.allTokens.shortcoming(of: stored.tokens, at: time.now()).map { .invalid(reason: $0) } ?? .valid
    }
}
