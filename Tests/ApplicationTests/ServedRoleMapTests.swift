import Application
import Domain
import Ports
import Testing

/// Nothing good is replaced by nothing.
struct ServedRoleMapTests {
    private let clock = TurnedClock()
    private let log = ReadableLog()

    private func map(_ roles: (client: String, role: String)...) throws -> RoleMap {
        RoleMap(
            entries: try roles.map { pair in
                RoleMap.Entry(
                    account: try #require(Account(id: "123456789012", name: "", alias: "")),
                    role: try RoleARN("arn:aws:iam::123456789012:role/\(pair.role)"), clientID: try client(pair.client))
            })
    }

    private static let bad: [Result<RoleMap?, RoleMapStoreError>] = [
        .success(nil), .success(RoleMap(entries: [])), .failure(.unreachable(place: "p", reason: "down")),
        .failure(.unreadable(place: "p", reason: "no YAML")),
    ]

    @Test(
        "a map that vanishes, turns empty or can't be read leaves the last good one, and is told once",
        arguments: bad.indices)
    func lastGood(index: Int) throws {
        let served = ServedRoleMap(time: clock, log: log)
        let good = try map(("a", "one"))
        served.take(.success(good))
        for _ in 1...5 { served.take(Self.bad[index]) }
        #expect(served.snapshot?.map == good)
        #expect(served.condition.trouble != nil)
        #expect(log.lines.count { $0.hasPrefix("error the last good role map stays in use") } == 1)

        let better = try map(("a", "two"))
        served.take(.success(better))
        #expect(served.snapshot?.map == better)
        #expect(served.condition.trouble == nil)
    }

    @Test("a map of conditional roles only takes no good one's place, and is served where there was none")
    func conditionalOnly() throws {
        let served = ServedRoleMap(time: clock, log: log)
        let entries = try map(("a", "one")).entries
        let conditional = RoleMap(entries: [], conditional: [.init(entries[0], reason: "MFA")])
        served.take(.success(conditional))
        #expect(served.snapshot?.map == conditional && served.condition.trouble == nil)
        let good = RoleMap(entries: entries)
        served.take(.success(good))
        for _ in 1...3 { served.take(.success(conditional)) }
        served.take(RepeatScans.Event.interim(conditional))
        #expect(served.snapshot?.map == good && served.condition.trouble != nil)
        #expect(log.lines.count { $0.hasPrefix("error the last good role map stays in use") } == 1)
        #expect(log.lines.contains { $0.contains("conditional roles only") })
        served.take(.success(good))
        #expect(served.condition.trouble == nil)
    }

    @Test("a map is as old as the scan that made it, and trouble names the place that it lies in")
    func age() throws {
        let served = ServedRoleMap(place: "/maps/one.yaml", time: clock, log: log)
        let entries = try map(("a", "one"), ("b", "one")).entries
        for (scanned, age) in [(clock.now() + -500, 500.0), (clock.now() + -100, 100), (clock.now() + 50, 0)] {
            served.take(.success(RoleMap(entries: entries, scannedAt: scanned)))
            #expect(served.condition.confirmedAt.map { clock.uptime() - $0 } == age)
        }
        served.take(.success(nil))
        served.take(.success(RoleMap(entries: [])))
        // The same roles were served but once, and what is counted is called by its name.
        #expect(log.lines.count { $0.contains("a new role map is served") } == 1)
        #expect(log.lines.contains { $0.contains("roles=1 pairs=2") })
        #expect(log.lines.contains { $0.contains("the role map in /maps/one.yaml is gone") })
        #expect(log.lines.contains { $0.contains("the role map in /maps/one.yaml is empty.") })
    }

    @Test("a map that was made for another issuer is not served, and that is told once; one that names none is")
    func otherIssuer() throws {
        let own = try Issuer("https://new.example.com")
        let served = ServedRoleMap(issuer: own, time: clock, log: log)
        let entries = try map(("a", "one")).entries
        let foreign = RoleMap(entries: entries, issuer: try Issuer("https://old.example.com"))
        for _ in 1...3 { served.take(.success(foreign)) }
        served.take(RepeatScans.Event.remembered(foreign, age: 1))
        #expect(served.snapshot == nil)
        #expect(log.lines.count { $0.contains("was made for the issuer https://old.example.com") } == 1)
        for map in [RoleMap(entries: entries), RoleMap(entries: entries, issuer: own)] {
            served.take(.success(map))
            #expect(served.snapshot?.map == map && served.condition.trouble == nil)
        }
    }

    @Test("what is wrong in one scan after another is said once, until it changes or goes away")
    func news() {
        let news = ProblemNews()
        #expect(news.news(of: ["a", "b"]) == ["a", "b"])
        #expect(news.news(of: ["a", "b"]).isEmpty)
        #expect(news.news(of: ["a", "B"]) == ["B"])
        #expect(news.news(of: ["a", "b"]) == ["b"])
    }

    @Test("before there is a good map there is none", arguments: bad.indices)
    func none(index: Int) {
        let served = ServedRoleMap(time: clock, log: log)
        served.take(Self.bad[index])
        #expect(served.snapshot == nil)
        #expect(log.lines.contains { $0.hasPrefix("error there is no role map to serve yet") })
    }

    @Test("a person has the roles of each of their clients, and nobody else's, in the map's order")
    func granted() throws {
        let map = try map(("a", "zeta"), ("b", "eta"), ("c", "theta"), ("a", "alpha"))
        let snapshot = RoleMapSnapshot(map, version: 1)
        let clients = try Set(["a", "b", "unheard"].map { try client($0) })
        #expect(snapshot.granted(to: clients).profiles.map(\.role.roleName) == ["alpha", "eta", "zeta"])
        #expect(try snapshot.known(clients) == [client("a"), client("b")])
        #expect(snapshot.granted(to: []).profiles.isEmpty)
    }

    @Test("a person is told of accounts that could not be read where they have roles, and of those that never were")
    func stale() throws {
        let stale = [
            RoleMap.Stale(accountID: "123456789012", reason: "denied", lastRead: Timestamp(seconds: 1)),
            RoleMap.Stale(accountID: "210987654321", reason: "denied", lastRead: Timestamp(seconds: 1)),
            RoleMap.Stale(accountID: "333333333333", reason: "denied", lastRead: nil),
        ]
        let entries = try map(("a", "one"), ("maybe", "two")).entries
        let snapshot = RoleMapSnapshot(
            RoleMap(entries: [entries[0]], conditional: [.init(entries[1], reason: "MFA")], stale: stale), version: 1)
        for (name, accounts) in [
            ("a", ["123456789012", "333333333333"]), ("maybe", ["123456789012", "333333333333"]),
            ("nobody", ["333333333333"]),
        ] {
            #expect(snapshot.granted(to: [try client(name)]).stale.map(\.accountID) == accounts, "\(name)")
        }
    }

    @Test("the id_token alone tells the clients: its audience, or what its groups stand for")
    func claimsDirectory() async throws {
        var claims = IDTokenClaims()
        claims.audience = ["a", "not a client id"]
        claims.groups = ["dev", "ops", "unheard"]
        #expect(try await ClaimsDirectory().clients(of: claims) == [client("a")])
        let mapping = try ["dev": Set([client("x"), client("y")]), "ops": [client("y")], "all": [client("z")]]
        #expect(
            try await ClaimsDirectory(clientsOfGroups: { mapping }).clients(of: claims) == [client("x"), client("y")])
    }
}
