import Application
import Domain
import Locking
import Ports
import Testing

/// An organization of accounts that are what a test says.
private final class FakeCloud: AccountDirectory {
    struct Broken: Sendable {
        var organization = false
        var accounts: Set<String> = []
    }

    let ids: [String]
    let broken = Guarded(Broken())
    let entered = Guarded<[String]>([])
    let mostAtOnce = Guarded((now: 0, most: 0))

    init(_ ids: [String]) { self.ids = ids }

    func accounts(through role: RoleARN) async throws(AccountProblem) -> [Account] {
        if broken.with({ $0.organization }) { throw AccountProblem("no") }
        return ids.compactMap { Account(id: $0, name: "team \($0)", alias: "") }
    }

    func enter(as reader: RoleARN) async throws(AccountProblem) -> any AccountReader {
        entered.with { $0.append(reader.accountID) }
        mostAtOnce.with { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
        for _ in 0..<20 { await Task.yield() }
        mostAtOnce.with { $0.now -= 1 }
        if broken.with({ $0.accounts.contains(reader.accountID) }) { throw AccountProblem("AccessDenied") }
        return FakeAccount(id: reader.accountID)
    }
}

private struct FakeAccount: AccountReader {
    let id: String

    func alias() async throws(AccountProblem) -> String { "alias-\(id)" }

    func roles() async throws(AccountProblem) -> RoleListing {
        let policy = TrustPolicy([
            TrustPolicy.Statement(
                .allow, .listed(["Federated": ["arn:aws:iam::\(id):oidc-provider/idp.example.com"]]),
                .listed(["sts:AssumeRoleWithWebIdentity"]),
                conditions: [TrustPolicy.Condition("StringEquals", "idp.example.com:aud", ["app"])])
        ])
        do {
            return RoleListing(roles: [
                RoleListing.Role(arn: try RoleARN("arn:aws:iam::\(id):role/dev"), policy: policy)
            ])
        } catch {
            throw AccountProblem("\(error)")
        }
    }

    func hasTag(_ name: String, _ role: RoleARN) async throws(AccountProblem) -> Bool? { false }

    func clients(ofProvider arn: String) async throws(AccountProblem) -> RegisteredClients { .registered(["app"]) }
}

/// A clock whose sleeps end when they are cancelled, and not before.
private struct PatientTime: TimeSource {
    let moment: Int64

    func now() -> Timestamp { Timestamp(seconds: moment) }
    func uptime() -> Double { Double(moment) }
    func sleep(seconds: Double) async { try? await Task.sleep(for: .seconds(3600)) }
}

private final class FakeStore: RoleMapStore {
    let map: Guarded<RoleMap?>

    init(_ map: RoleMap?) { self.map = Guarded(map) }

    func load() async throws(RoleMapStoreError) -> RoleMap? { map.with { $0 } }
    func save(_ new: RoleMap) async throws(RoleMapStoreError) { map.with { $0 = new } }
}

@Suite("A scan of the organizations")
struct ScanTests {
    private static let ids = (1...40).map { "\(100_000_000_000 + $0)" }

    private static func settings() throws -> ScanOrganizations.Settings {
        let role = try RoleARN("arn:aws:iam::999999999999:role/lister")
        return ScanOrganizations.Settings(
            issuer: try Issuer("https://idp.example.com"), organizationRoles: [role, role], readerRoleName: "reader")
    }

    private static func scan(_ cloud: FakeCloud, at moment: Int64 = 1000) throws -> ScanOrganizations {
        ScanOrganizations(try settings(), directory: cloud, time: PatientTime(moment: moment))
    }

    @Test("Every account is read once, though two organizations list it, and not too many at a time")
    func once() async throws {
        let cloud = FakeCloud(Self.ids)
        let outcome = try await Self.scan(cloud)(previous: nil)
        #expect(cloud.entered.with { $0.sorted() } == Self.ids)
        #expect(cloud.mostAtOnce.with { $0.most } <= 16)
        #expect(outcome.map.entries.map(\.account.id) == Self.ids)
        #expect(outcome.map.entries.first?.account.alias == "alias-100000000001")
        #expect([outcome.readAccounts, outcome.failedAccounts, outcome.problems.count] == [40, 0, 0])
    }

    @Test("An account that fails keeps what it had, as old as it was")
    func stale() async throws {
        let cloud = FakeCloud(Self.ids)
        let good = try await Self.scan(cloud)(previous: nil).map
        cloud.broken.with { $0.accounts = [Self.ids[3]] }
        let first = try await Self.scan(cloud, at: 2000)(previous: good).map
        #expect(first.entries == good.entries)
        #expect(first.stale.map(\.accountID) == [Self.ids[3]])
        #expect(first.stale.first?.lastRead == Timestamp(seconds: 2000))
        let second = try await Self.scan(cloud, at: 3000)(previous: first).map
        #expect(second == first)
        cloud.broken.with { $0.accounts = [] }
        #expect(try await Self.scan(cloud, at: 4000)(previous: second).map == good)
    }

    @Test("An organization that can't be listed keeps its accounts; one that lists them no more loses them")
    func organizations() async throws {
        let cloud = FakeCloud(Self.ids)
        let good = try await Self.scan(cloud)(previous: nil).map
        cloud.broken.with { $0.organization = true }
        let outcome = try await Self.scan(cloud)(previous: good)
        #expect(outcome.map.entries == good.entries)
        #expect(outcome.map.stale.count == Self.ids.count)
        #expect(outcome.hasReadNothing)
        let smaller = try await Self.scan(FakeCloud(Array(Self.ids.dropLast())))(previous: good).map
        #expect(smaller.entries.count == good.entries.count - 1 && smaller.stale.isEmpty)
        let none = try await Self.scan(FakeCloud([]))(previous: good).map
        #expect(none.entries == good.entries, "an organization without any account is a fault")
    }

    @Test("What was known is served before the first scan ends, and nothing is never served in its place")
    func repeated() async throws {
        let cloud = FakeCloud(Self.ids)
        let good = try await Self.scan(cloud)(previous: nil).map
        cloud.broken.with { $0.accounts = Set(Self.ids) }
        let store = FakeStore(good)
        let maps = Guarded<[RoleMap]>([])
        let scans = RepeatScans(
            try Self.scan(cloud), state: store, interval: 600, time: PatientTime(moment: 1000))
        await withTaskGroup(of: Void.self) { group in
            let (ends, end) = AsyncStream.makeStream(of: Void.self)
            group.addTask {
                await scans { event in
                    switch event {
                    case .map(let map): maps.with { $0.append(map) }
                    case .ended: end.yield()
                    case .state(let error): Issue.record(error)
                    }
                }
            }
            for await _ in ends { break }
            group.cancelAll()
        }
        let served = maps.with { $0 }
        #expect(served.first == good)
        #expect(served.allSatisfy { $0.entries == good.entries })
        #expect(served.last?.stale.count == Self.ids.count)
        #expect(store.map.with { $0 } == served.last)
    }
}
