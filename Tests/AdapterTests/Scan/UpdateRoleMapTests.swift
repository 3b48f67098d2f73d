import Application
import Domain
import Locking
import Ports
import Testing

/// A place for a role map, where somebody else may write before we do.
private final class ContestedStore: RoleMapStore {
    private struct State: Sendable {
        var map: RoleMap?
        var loaded: RoleMap?
        /// What the others write, one before each of our writes.
        var theirs: [RoleMap] = []
        var writes = 0
    }

    private let state: Guarded<State>

    init(_ map: RoleMap?, theirs: [RoleMap] = []) { state = Guarded(State(map: map, theirs: theirs)) }

    var map: RoleMap? { state.with { $0.map } }
    var writes: Int { state.with { $0.writes } }

    func load() async throws(RoleMapStoreError) -> RoleMap? {
        state.with { state in
            state.loaded = state.map
            return state.map
        }
    }

    func save(_ map: RoleMap) async throws(RoleMapStoreError) {
        let isChanged = state.with { state in
            if !state.theirs.isEmpty { state.map = state.theirs.removeFirst() }
            guard state.map == state.loaded else { return true }
            if state.map != map { state.writes += 1 }
            (state.map, state.loaded) = (map, map)
            return false
        }
        if isChanged { throw .changed(place: "here") }
    }
}

@Suite("One update of the role map")
struct UpdateRoleMapTests {
    private static let ids = FakeScan.ids

    @Test("A map that is good is never replaced by one without any role")
    func everythingLost() async throws {
        let good = try await FakeScan.map()
        let cloud = FakeCloud(Self.ids)
        cloud.broken.with { $0.roles = true }
        let store = ContestedStore(good)
        let ending = try await UpdateRoleMap(FakeScan.make(cloud), store: store)()
        #expect(ending.outcome.standing == .everythingLost && !ending.isKept)
        #expect(store.map == good && store.writes == 0)
    }

    @Test("Nothing is not written as though it were something: not to a new place, nor where it was so before")
    func nothing() async throws {
        let cloud = FakeCloud(Self.ids)
        cloud.broken.with { $0.provider = true }
        for before in [nil, RoleMap(entries: [])] {
            let store = ContestedStore(before)
            let ending = try await UpdateRoleMap(FakeScan.make(cloud), store: store)()
            #expect(ending.outcome.standing == .nothingFound && !ending.isKept && !ending.hasKnown)
            #expect(store.map == before && store.writes == 0)
        }
        // Nor is that what nobody could read.
        cloud.broken.with { $0 = FakeCloud.Broken(accounts: Set(Self.ids)) }
        let store = ContestedStore(RoleMap(entries: []))
        let ending = try await UpdateRoleMap(FakeScan.make(cloud), store: store)()
        #expect(ending.outcome.standing == .nothingRead && !ending.isKept && store.writes == 0)
    }

    @Test("Another issuer's map is no map that was known: it stays where nothing is read, and nothing of it is kept")
    func otherIssuer() async throws {
        let known = try await FakeScan.map()
        let foreign = RoleMap(entries: known.entries, issuer: try Issuer("https://old.example.com"))
        let cloud = FakeCloud(Self.ids)
        cloud.broken.with { $0.accounts = Set(Self.ids) }
        let store = ContestedStore(foreign)
        let ending = try await UpdateRoleMap(FakeScan.make(cloud), store: store)()
        #expect(!ending.isKept && !ending.hasKnown && store.map == foreign)
        cloud.broken.with { $0.accounts = [Self.ids[0]] }
        let later = try await UpdateRoleMap(FakeScan.make(cloud), store: store)()
        #expect(later.isKept && store.map?.issuer == known.issuer)
        #expect(store.map?.entries == known.entries.filter { $0.account.id != Self.ids[0] })
        // So it is with what somebody else writes meanwhile.
        let contested = ContestedStore(nil, theirs: [foreign])
        let rebased = try await UpdateRoleMap(FakeScan.make(cloud), store: contested)()
        #expect(rebased.isKept && contested.map == store.map)
    }

    @Test("Where no member account could be read, what was known of them is kept, and known only where it was")
    func noMember() async throws {
        let cloud = FakeCloud(Self.ids)
        cloud.broken.with { $0.accounts = Set(Self.ids.dropFirst()) }
        let scan = try FakeScan.make(cloud, roles: ["arn:aws:iam::\(Self.ids[0]):role/l"])
        let first = try await UpdateRoleMap(scan, store: ContestedStore(nil))()
        #expect(first.outcome.standing == .noMemberRead && first.isKept && !first.hasKnown)
        let good = try await FakeScan.map()
        let store = ContestedStore(good)
        let later = try await UpdateRoleMap(scan, store: store)()
        #expect(later.isKept && later.hasKnown && store.map?.entries == good.entries)
    }

    @Test("Where somebody else wrote meanwhile, what was read is put upon that, and what failed keeps what they had")
    func conflict() async throws {
        let good = try await FakeScan.map()
        let cloud = FakeCloud(Self.ids)
        cloud.broken.with { $0.accounts = [Self.ids[0]] }
        let theirs = try await FakeScan.map([Self.ids[0]])
        let store = ContestedStore(nil, theirs: [theirs])
        let ending = try await UpdateRoleMap(FakeScan.make(cloud), store: store)()
        #expect(ending.isKept && ending.problem == nil && ending.outcome.readAccounts == Self.ids.count - 1)
        #expect(store.map?.entries == good.entries)
        #expect(store.map?.stale.map(\.accountID) == [Self.ids[0]])
        #expect(cloud.entered.with { $0.count } == Self.ids.count, "it was not scanned again")
    }

    @Test("A write of our own whose answer was lost is no conflict")
    func ownWrite() async throws {
        let good = try await FakeScan.map()
        let store = ContestedStore(nil, theirs: [good])
        let ending = try await UpdateRoleMap(FakeScan.make(FakeCloud(Self.ids)), store: store)()
        #expect(ending.isKept && ending.problem == nil && store.map == good && store.writes == 0)
    }

    @Test("Whoever writes every time wins, and that is told")
    func contested() async throws {
        let theirs = try await [FakeScan.map([Self.ids[0]]), FakeScan.map([Self.ids[1]])]
        let store = ContestedStore(nil, theirs: theirs)
        let ending = try await UpdateRoleMap(FakeScan.make(FakeCloud(Self.ids)), store: store)()
        #expect(ending.problem == .changed(place: "here") && !ending.isKept)
        #expect(store.map == theirs[1])
    }
}
