import Domain
import Files
import OpenSSL
import Ports
import StoreProbe
import Testing

/// A host whose process ended between record and state: nobody has written down where the newest record came from.
@Suite("Node-local storage after a kill between record and state")
struct NodeLocalCrashTests {
    let key: TokenKey
    let workspace = Workspace()
    init() throws { key = try MadeUp.key() }

    private func host(_ name: String) -> Place { Place(.nodeLocal, folder: workspace.path(name), workspace: workspace) }
    private var shared: Place { Place(.file, folder: workspace.path("shared"), workspace: workspace) }

    /// Host a before another shared store than that of this test.
    private func store(before shared: any TokenStore) -> NodeLocalTokenStore {
        let limits = ProductionLimits(refresh: 60, signIn: 330)
        return NodeLocalTokenStore(
            local: FileTokenStore(
                FileTokenStore.Settings(
                    folder: workspace.path("a"), nameSuffix: "-host", hostName: "host", limits: limits),
                digester: OpenSSLCryptography(), time: SkewedClock(), notices: Told()),
            shared: shared, time: SkewedClock(), notices: Told())
    }

    /// On host a an answer arrives and its refresh token is stored; the process ends before the state tells of it, and before
    /// the shared store has heard of anything.
    private func killedAtCheckpoint() async throws {
        let state = host("a").record(key) + ".state"
        let before = Shared([UInt8]())
        let breaking = BreakingStore(shared.store())
        _ = try? await store(before: breaking).publish(key) { production throws(ProductionStop) in
            #expect(try production.orStop { try $0.newest() }?.tokens.refresh == "refresh-old")
            before.change { $0 = OnDisk.bytes(state) ?? [] }
            breaking.breakDown()
            try production.orStop { try $0.checkpoint(MadeUp.tokens("old", refresh: "rotated", expiry: 1000)) }
            throw ProductionStop(NoLuck())
        }
        #expect(!before.value.isEmpty)
        try OnDisk.write(state, before.value)
    }

    /// The refresh token that the next producer of that host would send.
    private func newest(on place: Place) async throws -> String? {
        let found = Shared(String?.none)
        _ = try? await place.store().publish(key) { production throws(ProductionStop) in
            let newest = try production.orStop { try $0.newest() }
            found.change { $0 = newest?.tokens.refresh }
            throw ProductionStop(NoLuck())
        }
        return found.value
    }

    @Test("a rotated refresh token is not lost to the spent one that the shared store still has, and goes there")
    func rotated() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        try await killedAtCheckpoint()
        #expect(try host("a").store().read(key)?.tokens.refresh == "refresh-rotated")
        #expect(try await newest(on: host("a")) == "refresh-rotated")
        #expect(try shared.store().read(key)?.tokens.refresh == "refresh-rotated")
        #expect(try await newest(on: host("b")) == "refresh-rotated")
    }

    @Test("nor where the shared store has the host's copy under another number")
    func renumbered() async throws {
        for _ in 0..<2 { try await host("a").store().publish(TokenStoreContract.over("old"), key) }
        try OnDisk.write(shared.record(key) + ".state", [])
        try await killedAtCheckpoint()
        #expect(try await newest(on: host("a")) == "refresh-rotated")
        #expect(try shared.store().read(key)?.tokens.refresh == "refresh-rotated")
    }

    @Test("nor what this host has then made of it alone")
    func alone() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        try await killedAtCheckpoint()
        try await store(before: BrokenStore()).publish(TokenStoreContract.over("alone"), key)
        #expect(try await newest(on: host("a")) == "refresh-alone")
        #expect(try shared.store().read(key)?.tokens.refresh == "refresh-alone")
    }

    @Test("what another host has signed in for meanwhile is taken")
    func overtaken() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        try await killedAtCheckpoint()
        try await host("b").store().publish(MadeUp.tokens("newer", expiry: 2000), key)
        #expect(try await newest(on: host("a")) == "refresh-newer")
        #expect(try shared.store().read(key)?.tokens.refresh == "refresh-newer")
    }

    @Test("a logout on another host meanwhile voids it")
    func removed() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        try await killedAtCheckpoint()
        try host("b").store().remove(key)
        #expect(try host("a").store().read(key) == nil)
        #expect(try await newest(on: host("a")) == nil)
        #expect(try shared.store().read(key) == nil)
    }
}
