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
    let time: any TimeSource

    /// The check of that key's tokens.
    package init(key: TokenKey, store: any TokenStore, time: any TimeSource) {
        self.key = key
        self.store = store
        self.time = time
    }

    /// Seconds until the id_token ends, which is what AWS credentials are made from; 0 where there is none.
    package func idTokenLife() -> Int64 {
        guard let expiry = (try? store.read(key))?.tokens.claims.expiry else { return 0 }
        return max(0, expiry.since(time.now()))
    }

    /// Looks, and tells.
    package func callAsFunction() throws(TokenStoreError) -> Answer {
        guard let stored = try store.read(key) else {
            return .invalid(reason: "no token of \(key.issuer.text) is cached; run \(LoginCommand.text(key))")
        }
        return TokenNeed.allTokens.shortcoming(of: stored.tokens, at: time.now()).map { .invalid(reason: $0) } ?? .valid
    }
}
