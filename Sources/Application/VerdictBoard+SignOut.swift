import Domain
import Ports

extension VerdictBoard {
    /// Tells those on this host who are at work, or wait, for tokens of that key that these are not wanted any more.
    func noteSignOut(_ key: TokenKey) { post(Verdict("somebody signed out"), on: Self.subject(key)) }

    /// Whether somebody on this host has signed out since that uptime: who begins later may sign in.
    func hasSignOut(_ key: TokenKey, since began: Double) -> Bool {
        verdict(on: Self.subject(key), since: began) != nil
    }

    private static func subject(_ key: TokenKey) -> String { "sign-out " + key.text }
}
