import Application
import Domain
import Locking
import Ports
import Testing

@Suite("A scan of the organizations")
struct ScanTests {
    private static let ids = FakeScan.ids

    @Test("Every account is read once, though two organizations list it, and not too many at a time")
    func once() async throws {
        let cloud = FakeCloud(Self.ids)
        let outcome = try await FakeScan.make(cloud)(previous: nil)
        #expect(cloud.entered.with { $0.sorted() } == Self.ids)
        #expect(cloud.mostAtOnce.with { $0.most } <= 16)
        #expect(outcome.map.entries.map(\.account.id) == Self.ids)
        #expect(outcome.map.entries.first?.account.alias == "alias-100000000001")
        #expect([outcome.readAccounts, outcome.failedAccounts, outcome.problems.count] == [40, 0, 0])
    }

    @Test("Accounts are read while further pages of them are listed")
    func pages() async throws {
        let entered = Guarded(false)
        let cloud = FakeCloud(
            Self.ids,
            betweenPages: {
                let end = ContinuousClock.now + .seconds(60)
                while !entered.with({ $0 }), ContinuousClock.now < end { await Task.yield() }
                #expect(entered.with { $0 })
            },
            gate: { _ in entered.with { $0 = true } })
        let outcome = try await FakeScan.make(cloud, roles: ["arn:aws:iam::999999999999:role/lister"])(previous: nil)
        #expect(outcome.map.entries.map(\.account.id) == Self.ids)
    }

    @Test("An organization of another partition has roles, readers and providers of that partition")
    func partitions() async throws {
        let cloud = FakeCloud(Array(Self.ids.prefix(2)))
        let outcome = try await FakeScan.make(
            cloud, roles: ["arn:aws:iam::999999999999:role/l", "arn:aws-us-gov:iam::888888888888:role/l"])(
                previous: nil)
        #expect(
            outcome.map.entries.map(\.role.text) == [
                "arn:aws:iam::100000000001:role/dev", "arn:aws:iam::100000000002:role/dev",
                "arn:aws-us-gov:iam::900000000001:role/dev", "arn:aws-us-gov:iam::900000000002:role/dev",
            ])
        #expect(outcome.problems.isEmpty)
    }

    @Test("An account that fails keeps what it had, as old as it was")
    func stale() async throws {
        let cloud = FakeCloud(Self.ids)
        let good = try await FakeScan.make(cloud)(previous: nil).map
        cloud.broken.with { $0.accounts = [Self.ids[3]] }
        cloud.clock.advance(1000)
        let first = try await FakeScan.make(cloud)(previous: good).map
        #expect(first.entries == good.entries)
        #expect(first.stale.map(\.accountID) == [Self.ids[3]])
        #expect(first.stale.first?.lastRead == Timestamp(seconds: 1000))
        #expect(first.scannedAt == Timestamp(seconds: 2000))
        let dated = try await FakeScan.make(cloud)(previous: good, at: Timestamp(seconds: 1500)).map
        #expect(dated.stale.first?.lastRead == Timestamp(seconds: 1500))
        cloud.clock.advance(1000)
        let second = try await FakeScan.make(cloud)(previous: first).map
        #expect(second == first)
        cloud.broken.with { $0.accounts = [] }
        #expect(try await FakeScan.make(cloud)(previous: second).map == good)
    }

    @Test(
        "A role that lets in clients which it does not name is told of in the same true words each time",
        arguments: [
            ([], "lets every client of idp.example.com in: add"),
            ([TrustPolicy.Condition("StringNotEquals", "idp.example.com:aud", ["app"])], allButSome),
            ([TrustPolicy.Condition("StringNotLike", "idp.example.com:aud", ["a*", "o*"])], allButSome),
            ([TrustPolicy.Condition("StringNotEqualsIgnoreCase", "idp.example.com:aud", ["CLI"])], allButSome),
            (
                [TrustPolicy.Condition("StringEquals", "idp.example.com:sub", ["00u1"])],
                "may let any client of idp.example.com in (it depends on"
            ),
        ])
    func openness(conditions: [TrustPolicy.Condition], words: String) async throws {
        let cloud = FakeCloud(Self.ids)
        cloud.broken.with { $0.conditions = conditions }
        // Each account's clients are a set of its own, in an order of its own.
        let told = try await FakeScan.make(cloud)(previous: nil).problems.filter { $0.contains(words) }
        #expect(told.count == Self.ids.count)
    }

    private static let allButSome = "lets in every client of idp.example.com but those that it excludes: add"

    @Test("An account whose alias nobody may ask for goes by its name, and that is told")
    func noAlias() async throws {
        let cloud = FakeCloud(Self.ids)
        cloud.broken.with { $0.aliases = true }
        let outcome = try await FakeScan.make(cloud)(previous: nil)
        #expect(outcome.standing == .good && outcome.readAccounts == Self.ids.count)
        #expect(outcome.map.entries.count == Self.ids.count)
        #expect(outcome.map.entries.allSatisfy { $0.account.alias.isEmpty && !$0.account.name.isEmpty })
        #expect(outcome.problems.count { $0.contains("its alias can't be read (AccessDenied)") } == Self.ids.count)
    }

    @Test("What was found for another issuer is not kept, and that is told; what names no issuer is")
    func otherIssuer() async throws {
        let known = try await FakeScan.map()
        #expect(known.issuer?.text == FakeScan.issuer)
        let cloud = FakeCloud(Self.ids)
        cloud.broken.with { $0.accounts = [Self.ids[0]] }
        let foreign = RoleMap(entries: known.entries, issuer: try Issuer("https://old.example.com"))
        let outcome = try await FakeScan.make(cloud)(previous: foreign)
        #expect(Set(outcome.map.entries.map(\.account.id)) == Set(Self.ids.dropFirst()))
        #expect(outcome.map.issuer == known.issuer)
        #expect(outcome.map.stale.map(\.lastRead) == [nil])
        #expect(outcome.problems.count { $0.contains("was made for the issuer https://old.example.com") } == 1)
        let unnamed = try await FakeScan.make(cloud)(previous: RoleMap(entries: known.entries))
        #expect(unnamed.map.entries == known.entries && unnamed.problems.count == 1)
    }

    @Test("It is known where the account that lists the others is the only one that could be read")
    func noMember() async throws {
        let cloud = FakeCloud(Self.ids)
        let lister = ["arn:aws:iam::\(Self.ids[0]):role/l"]
        #expect(try await FakeScan.make(cloud, roles: lister)(previous: nil).standing == .good)
        cloud.broken.with { $0.accounts = Set(Self.ids.dropFirst()) }
        let outcome = try await FakeScan.make(cloud, roles: lister)(previous: nil)
        #expect(outcome.readAccounts == 1 && outcome.standing == .noMemberRead)
        cloud.broken.with { $0.accounts = Set(Self.ids.dropFirst(2)) }
        #expect(try await FakeScan.make(cloud, roles: lister)(previous: nil).standing == .good)
    }

    @Test("A scan that finds only conditional roles where there were others is no good one; the first of its kind is")
    func conditionalOnly() async throws {
        let good = try await FakeScan.map()
        let cloud = FakeCloud(Self.ids)
        cloud.broken.with { $0.isConditional = true }
        let outcome = try await FakeScan.make(cloud)(previous: good)
        #expect(outcome.standing == .everythingLost && outcome.hasFoundConditional)
        #expect(outcome.problems.contains { $0.contains("can't be judged from outside") })
        let first = try await FakeScan.make(cloud)(previous: nil)
        #expect(first.standing == .good && first.map.conditional.count == Self.ids.count)
        #expect(try await FakeScan.make(cloud)(previous: first.map).standing == .good)
    }

    @Test("Where no role takes the issuer's tokens it is said which it was, and whose tokens roles do take")
    func otherProvider() async throws {
        let cloud = FakeCloud(Self.ids)
        cloud.broken.with { $0.provider = true }
        let outcome = try await FakeScan.make(cloud)(previous: nil)
        #expect(outcome.standing == .nothingFound)
        let problem = try #require(outcome.problems.last)
        #expect(problem.hasPrefix("no role takes tokens of idp.example.com: check OKTA_ISSUER_URL"))
        #expect(problem.hasSuffix("roles name other.example.com/a"))
    }

    @Test("An account of which no word comes is given up, and costs only itself")
    func limit() async throws {
        let cloud = FakeCloud(Array(Self.ids.prefix(1)))
        let good = try await FakeScan.make(cloud)(previous: nil).map
        cloud.broken.with { $0.silent = [Self.ids[0]] }
        let outcome = try await FakeScan.make(cloud)(previous: good)
        #expect(outcome.map.entries == good.entries)
        #expect(outcome.map.stale.first?.reason == "it could not be read within 300 s")
    }

    @Test("An organization that can't be listed keeps its accounts; one that lists them no more loses them")
    func organizations() async throws {
        let cloud = FakeCloud(Self.ids)
        let good = try await FakeScan.make(cloud)(previous: nil).map
        cloud.broken.with { $0.organization = true }
        let outcome = try await FakeScan.make(cloud)(previous: good)
        #expect(outcome.map.entries == good.entries)
        #expect(outcome.map.stale.count == Self.ids.count)
        #expect(outcome.standing == .nothingRead)
        let smaller = try await FakeScan.make(FakeCloud(Array(Self.ids.dropLast())))(previous: good).map
        #expect(smaller.entries.count == good.entries.count - 1 && smaller.stale.isEmpty)
        let none = try await FakeScan.make(FakeCloud([]))(previous: good).map
        #expect(none.entries == good.entries, "an organization without any account is a fault")
    }

    @Test("What is known is served while the rest is read; an account whose turn has not come is named")
    func interim() async throws {
        let last = try #require(Self.ids.last)
        let maps = Guarded<[RoleMap]>([])
        let cloud = FakeCloud(
            Self.ids, secondsPerAccount: 3,
            gate: { id in
                // Not before a map without it was seen.
                while id == last, maps.with({ $0.isEmpty }), !Task.isCancelled { await Task.yield() }
            })
        let outcome = try await FakeScan.make(cloud)(previous: nil) { map in maps.with { $0.append(map) } }
        let first = try #require(maps.with { $0.first })
        #expect(!first.entries.isEmpty)
        let unread = try #require(first.stale.first { $0.accountID == last })
        #expect(unread.lastRead == nil && unread.reason == "it has not been read yet")
        #expect(Set(first.entries.map(\.account.id)).union(first.stale.map(\.accountID)) == Set(Self.ids))
        // Whoever has a role there is not told that it is gone.
        let granted = GrantedRoles(roles: [], stale: first.stale)
        #expect(try granted.standing(earlier: [last])(RoleARN("arn:aws:iam::\(last):role/dev")) == .there)
        #expect(outcome.map.stale.isEmpty && outcome.map.entries.count == Self.ids.count)
    }

    @Test("One account of which no word comes does not keep the others from being served")
    func held() async throws {
        let last = try #require(Self.ids.last)
        let clock = TurnedTime()
        let maps = Guarded<[RoleMap]>([])
        let hasOthers = { @Sendable (map: RoleMap) in map.entries.count == Self.ids.count - 1 }
        let cloud = FakeCloud(
            Self.ids, clock: clock,
            gate: { id in
                guard id == last else { return }
                // Time passes until all others are served, which they never are where this one is waited for.
                for _ in 0..<5000 where !maps.with({ $0.contains(where: hasOthers) }) {
                    clock.advance(5)
                    clock.release(upTo: 5)
                    await clock.sleep(seconds: 0)
                }
            })
        let outcome = try await FakeScan.make(cloud)(previous: nil) { map in maps.with { $0.append(map) } }
        let before = try #require(maps.with { $0.first(where: hasOthers) })
        #expect(before.stale.map(\.accountID) == [last])
        #expect(outcome.map.stale.isEmpty)
    }

    @Test("A scan that finds no role at all, where some were known, is no good one, and its likely cause is said")
    func everythingLost() async throws {
        let good = try await FakeScan.map()
        let maps = Guarded<[RoleMap]>([])
        let cloud = FakeCloud(Self.ids, secondsPerAccount: 3)
        cloud.broken.with { $0.roles = true }
        let outcome = try await FakeScan.make(cloud)(previous: good) { map in maps.with { $0.append(map) } }
        #expect(outcome.standing == .everythingLost)
        #expect(
            outcome.problems == [
                "no role takes tokens of idp.example.com: check OKTA_ISSUER_URL, in which a slash at the end counts; "
                    + "the roles that were read name no OpenID Connect provider"
            ])
        #expect(maps.with { $0.isEmpty }, "less and less was served")
        // One that could not be read makes it no better.
        cloud.broken.with { $0.accounts = [Self.ids[0]] }
        #expect(try await FakeScan.make(cloud)(previous: good).standing == .everythingLost)
        // Where there never was one, or all that had some are left out on purpose, that is how it is.
        cloud.broken.with { $0.accounts = [] }
        #expect(try await FakeScan.make(cloud)(previous: nil).standing == .nothingFound)
        let few = try await FakeScan.map(Array(Self.ids.prefix(2)))
        let skipped = Set(Self.ids.prefix(2))
        #expect(try await FakeScan.make(cloud, skipped: skipped)(previous: few).standing == .nothingFound)
        // The accounts that had roles are all unreadable, and another one is read: that is no loss.
        cloud.broken.with { $0.accounts = Set(Self.ids.prefix(2)) }
        let outcome2 = try await FakeScan.make(cloud)(previous: few)
        #expect(outcome2.standing == .good && outcome2.map.entries == few.entries)
    }
}
