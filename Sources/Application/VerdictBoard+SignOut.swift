import Domain
import Ports

extension VerdictBoard {
    /// Tells those on this host who are at work, or wait, for tokens of that key that these are not wanted any more.
    func noteSignOut(_ key: TokenKey) { post(Verdict("somebody signed out"), on: Self.subject(key)) }

    /// Whether somebody on this host has signed out since that uptime: who begins later may sign in.
    func hasSignOut(_ key: TokenKey, since began: Double) -> Bool {
        verdict(on: Self.subject(key), since: began) != nil
    }

    /// Remembers that the provider has revoked these tokens, which could not be removed: on this host they are none.
    func noteRevoked(_ tokens: TokenSet, _ key: TokenKey) {
        post(Verdict(tokens.idTokenMark), on: Self.revocation(key))
    }

    /// The mark of the tokens that were revoked and could not be removed (`TokenSet.idTokenMark`); nil where there are none.
    func revokedMark(_ key: TokenKey) -> String? { verdict(on: Self.revocation(key), since: 0)?.description }

    private static func subject(_ key: TokenKey) -> String { "sign-out " + key.text }
    private static func revocation(_ key: TokenKey) -> String { "revoked " + key.text }
}
