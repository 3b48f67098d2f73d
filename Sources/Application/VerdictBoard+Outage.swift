import Domain
import Ports

extension VerdictBoard {
    /// Tells those on this host who wait for their turn that the provider can't be had now; who comes later asks anew.
    ///
    /// Each would find it out again, one after the other, and keep the processes of other hosts waiting meanwhile.
    func noteOutage(_ problem: SignInProblem, _ key: TokenKey) { post(Verdict("\(problem)"), on: Self.outage(key)) }

    /// What somebody on this host was told of the provider since that uptime.
    func outage(_ key: TokenKey, since began: Double) -> Verdict? { verdict(on: Self.outage(key), since: began) }

    private static func outage(_ key: TokenKey) -> String { "outage " + key.text }
}
