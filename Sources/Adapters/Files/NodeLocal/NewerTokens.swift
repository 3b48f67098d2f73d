import Domain
import Ports

/// Which of two records counts, that of a host or that of the store which all hosts share.
///
/// A mere copy is never newer than what it was copied from. What a host has made alone is, as long as the shared store still
/// has the record that it was made from; a shared one that has changed since is what all other hosts go by. A record of which
/// nobody wrote down where it came from was made after the one before it, be it alone or not.
enum NewerTokens: Equatable {
    case hosts
    case shared
    /// There are none, or they were removed everywhere.
    case none

    /// Decides.
    ///
    /// - Parameters:
    ///   - last: where the shared store has no tokens, what was done there last.
    ///   - hash: what `SharedOrigin.offered` is made with.
    static func choice(
        _ mine: HostRecord, shared theirs: StoredTokens?, last: LastChange, hash: (Secret) -> String
    ) -> NewerTokens {
        guard let own = mine.stored else { return theirs == nil ? .none : .shared }
        guard let theirs else {
            // Who has signed in since, on this host alone, is signed in.
            if mine.base?.alone == .signIn { return .hosts }
            // A record that can't be read may be of a refresh token that has replaced this one, or be a removal.
            let isOlder = mine.base.map { $0.generation < last.generation } ?? false
            return last.isRemoval || isOlder ? .none : .hosts
        }
        if theirs.isSame(as: own) { return .shared }
        if let origin = mine.origin, origin.alone == nil { return .shared }
        if theirs.isRefreshTokenRefused != own.isRefreshTokenRefused {
            return theirs.isRefreshTokenRefused ? .hosts : .shared
        }
        if let base = mine.base {
            if theirs.generation == base.generation { return .hosts }
            // Of one exchange: the other one may be but its checkpoint.
            let isOfOneExchange =
                own.tokens.refreshToken != nil && theirs.tokens.refreshToken == own.tokens.refreshToken
            if !isOfOneExchange {
                // Not somebody else's change, but this host's own, which arrived late.
                if let theirToken = theirs.tokens.refreshToken, hash(theirToken) == base.offered { return .hosts }
                if mine.origin?.alone == .refresh { return .shared }
            }
        }
        // Two people's, or two sign-ins of one: the one that lasts.
        return livesLonger(own.tokens, theirs.tokens) ? .hosts : .shared
    }

    /// The rule of the tool that this one replaces: newer is what can be refreshed for longer.
    ///
    /// Where that is the same, or not known, what was refreshed later lives longer.
    private static func livesLonger(_ own: TokenSet, _ theirs: TokenSet) -> Bool {
        if let mine = own.refreshTokenExpiry, let others = theirs.refreshTokenExpiry, mine != others {
            return mine > others
        }
        return own.accessTokenExpiry > theirs.accessTokenExpiry
    }
}

extension StoredTokens {
    /// Whether these are the same tokens, whatever else is known of them.
    func isSame(as other: StoredTokens) -> Bool { tokens.isSame(as: other.tokens) }
}

extension TokenSet {
    /// Whether the provider gave both in one answer.
    func isSame(as other: TokenSet) -> Bool {
        accessToken == other.accessToken && idToken == other.idToken && refreshToken == other.refreshToken
    }
}
