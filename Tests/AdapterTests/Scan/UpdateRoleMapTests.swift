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
