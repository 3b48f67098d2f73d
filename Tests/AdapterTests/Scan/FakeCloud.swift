import Application
import Domain
import Locking
import Ports

/// Organizations of accounts that are what a test says.
final class FakeCloud: AccountDirectory {
    struct Broken: Sendable {
        var organization = false
        var accounts: Set<String> = []
        /// Accounts of which no word comes.
        var silent: Set<String> = []
        /// Whether no role anywhere takes the issuer's tokens.
        var roles = false
        /// Whether roles take tokens of another provider.
        var provider = false
        /// Whether roles ask for something that can't be judged from outside.
        var isConditional = false
        /// Whether nobody may ask for aliases.
        var aliases = false
        /// What roles ask for instead of one client.
        var conditions: [TrustPolicy.Condition]?
    }

    let ids: [String]
    let clock: TurnedTime
    let broken = Guarded(Broken())
    let entered = Guarded<[String]>([])
    let mostAtOnce = Guarded((now: 0, most: 0))
    /// How many seconds an account takes.
    let secondsPerAccount: Double
    /// What comes between two pages of a listing, of which there is one else.
    let betweenPages: (@Sendable () async -> Void)?
    /// What an account waits for.
    let gate: @Sendable (String) async -> Void

    init(
        _ ids: [String], clock: TurnedTime = TurnedTime(), secondsPerAccount: Double = 0,
        betweenPages: (@Sendable () async -> Void)? = nil, gate: @escaping @Sendable (String) async -> Void = { _ in }
    ) {
        self.ids = ids
        self.clock = clock
        self.secondsPerAccount = secondsPerAccount
        self.betweenPages = betweenPages
        self.gate = gate
    }

    func list(through role: RoleARN, _ take: @Sendable ([Account]) -> Void) async throws(AccountProblem) {
        if broken.with({ $0.organization }) { throw AccountProblem("no") }
        // Each partition has accounts of its own.
        let own = role.partition == .aws ? ids : ids.map { "9" + $0.dropFirst() }
        let accounts = own.compactMap { Account(id: $0, name: "team \($0)", alias: "") }
        guard let betweenPages else { return take(accounts) }
        take(Array(accounts.prefix(1)))
        await betweenPages()
        take(Array(accounts.dropFirst()))
    }

    func enter(as reader: RoleARN) async throws(AccountProblem) -> any AccountReader {
        entered.with { $0.append(reader.accountID) }
        mostAtOnce.with { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
        for _ in 0..<20 { await Task.yield() }
        await gate(reader.accountID)
        clock.advance(secondsPerAccount)
        mostAtOnce.with { $0.now -= 1 }
        if broken.with({ $0.silent.contains(reader.accountID) }) {
            clock.release()
            // Until it is cancelled.
            try? await Task.sleep(for: .seconds(3600))
        }
        if broken.with({ $0.accounts.contains(reader.accountID) }) { throw AccountProblem("AccessDenied") }
        return FakeAccount(reader: reader, broken: broken.with { $0 })
    }
}

private struct FakeAccount: AccountReader {
    let reader: RoleARN
    let broken: FakeCloud.Broken

    func alias() async throws(AccountProblem) -> AccountAlias {
        broken.aliases ? .unknown(reason: "AccessDenied") : .known("alias-\(reader.accountID)")
    }

    func roles() async throws(AccountProblem) -> RoleListing {
        guard !broken.roles else { return RoleListing(roles: []) }
        let provider = broken.provider ? "other.example.com/a" : "idp.example.com"
        let unclear = [TrustPolicy.Condition("Bool", "aws:MultiFactorAuthPresent", ["true"])]
        let place = "arn:\(reader.partition.rawValue):iam::\(reader.accountID)"
        let policy = TrustPolicy([
            TrustPolicy.Statement(
                .allow, .listed(["Federated": ["\(place):oidc-provider/\(provider)"]]),
                .listed(["sts:AssumeRoleWithWebIdentity"]),
                conditions: (broken.conditions
                    ?? [TrustPolicy.Condition("StringEquals", "\(provider):aud", ["app"])])
                    + (broken.isConditional ? unclear : []))
        ])
        do {
            return RoleListing(roles: [RoleListing.Role(arn: try RoleARN("\(place):role/dev"), policy: policy)])
        } catch {
            throw AccountProblem("\(error)")
        }
    }

    func hasTag(_ name: String, _ role: RoleARN) async throws(AccountProblem) -> Bool? { false }

    func clients(ofProvider arn: String) async throws(AccountProblem) -> RegisteredClients {
        .registered(["app", "cli", "other"])
    }
}

/// A clock that a test turns; sleeps end when they are cancelled, or all are released.
final class TurnedTime: TimeSource {
    private let elapsed: Guarded<Double>
    private let released = Guarded(0.0)

    init(_ start: Double = 1000) { elapsed = Guarded(start) }

    func now() -> Timestamp { Timestamp(seconds: Int64(uptime())) }
    func uptime() -> Double { elapsed.with { $0 } }
    func advance(_ seconds: Double) { elapsed.with { $0 += seconds } }
    /// Ends all sleeps that are no longer than that, from now on.
    func release(upTo seconds: Double = .infinity) { released.with { $0 = max($0, seconds) } }

    func sleep(seconds: Double) async {
        repeat {
            // Lets the others run; how long it lasts decides nothing.
            try? await Task.sleep(for: .milliseconds(1))
        } while !Task.isCancelled && seconds > released.with { $0 }
    }
}

/// Scans of a fake cloud.
enum FakeScan {
    static let ids = (1...40).map { "\(100_000_000_000 + $0)" }

    static let issuer = "https://idp.example.com"

    static func make(
        _ cloud: FakeCloud, roles: [String]? = nil, skipped: Set<String> = [], issuer: String = issuer
    ) throws -> ScanOrganizations {
        let lister = "arn:aws:iam::999999999999:role/lister"
        let settings = ScanOrganizations.Settings(
            issuer: try Issuer(issuer),
            organizationRoles: try (roles ?? [lister, lister]).map { try RoleARN($0) }, readerRoleName: "reader",
            skippedAccounts: skipped)
        return ScanOrganizations(settings, directory: cloud, time: cloud.clock)
    }

    static func map(_ ids: [String] = ids) async throws -> RoleMap {
        try await make(FakeCloud(ids))(previous: nil).map
    }
}
