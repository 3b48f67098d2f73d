import Domain
import Files
import OpenSSL
import Ports
import StoreProbe
import Testing

/// What a removal in the shared store means for a host that has a copy.
@Suite("Removals before node-local storage")
struct NodeLocalRemovalTests {
    let key: TokenKey
    let workspace = Workspace()
    init() throws { key = try MadeUp.key() }

    private func host(_ backend: Backend, _ name: String) -> Place {
        Place(backend, folder: workspace.path(name), workspace: workspace)
    }

    /// That host before a store that is out of reach.
    private var cutOff: NodeLocalTokenStore {
        let limits = ProductionLimits(refresh: 60, signIn: 330)
        return NodeLocalTokenStore(
            local: FileTokenStore(
                FileTokenStore.Settings(
                    folder: workspace.path("b"), nameSuffix: "-host", hostName: "host", limits: limits),
                digester: OpenSSLCryptography(), time: SkewedClock(), notices: Told()),
            shared: BrokenStore(), time: SkewedClock(), notices: Told())
    }

    @Test(
        "what a host copied is enough for nobody once it was removed elsewhere",
        arguments: [Backend.nodeLocal, .nodeLocalNFS], [true, false])
    func removed(_ backend: Backend, readsFirst: Bool) async throws {
        let (a, b) = (host(backend, "a"), host(backend, "b"))
        try await a.store().publish(TokenStoreContract.live("one"), key)
        #expect(try b.store().read(key)?.tokens.access == "access-one")
        try a.store().remove(key)

        let store = b.store()
        // The second look is within the time in which the shared store is not asked again.
        if readsFirst { for _ in 0..<2 { #expect(try store.read(key) == nil) } }
        let found = Shared([StoredTokens?]())
        let made = try await store.produceUnlessLive(key) { production throws(ProductionStop) in
            let newest = try production.orStop { try $0.newest() }
            found.change { $0.append(newest) }
            return TokenStoreContract.live("two")
        }
        #expect(made.tokens.access == "access-two")
        #expect(found.value.count == 1 && found.value.allSatisfy { $0 == nil })
        #expect(try store.read(key)?.tokens.access == "access-two")
        #expect(try shared(b).tokens.access == "access-two")
    }

    /// What the shared store has, as a host sees it that has nothing yet.
    private func shared(_ place: Place) throws -> StoredTokens {
        try #require(try host(place.backend, "c").store().read(key))
    }

    @Test(
        "a removal elsewhere is one here, though this host still has its copy",
        arguments: [Backend.nodeLocal, .nodeLocalNFS])
    func told(_ backend: Backend) async throws {
        let (a, b) = (host(backend, "a"), host(backend, "b"))
        try await a.store().publish(TokenStoreContract.over("one"), key)
        let store = b.store()
        #expect(try store.read(key) != nil)
        #expect(try !store.isRemoved(key))
        try a.store().remove(key)
        #expect(try store.isRemoved(key), "though it has just looked, and seen it")
        let later = b.store()
        #expect(try later.read(key) == nil)
        #expect(try later.isRemoved(key))
    }

    @Test(
        "what a host got by waiting for another one is a copy as well: a logout elsewhere is noticed",
        arguments: [Backend.nodeLocal, .nodeLocalNFS])
    func waitedFor(_ backend: Backend) async throws {
        let (a, b) = (host(backend, "a"), host(backend, "b"))
        let (key, entered, leave) = (key, Gate(), Gate())
        async let producer = a.store().publish(key) { _ in
            entered.open()
            await leave.pass()
            return TokenStoreContract.live("one")
        }
        await entered.pass()
        let clock = JumpingClock { passed in if passed > 1 { leave.open() } }
        async let taken = b.store(clock).produceUnlessLive(key) { _ throws(ProductionStop) in
            throw ProductionStop(NoLuck())
        }
        #expect(try await taken.tokens.access == "access-one")
        _ = try await producer
        #expect(try b.store().read(key)?.tokens.access == "access-one")
        try a.store().remove(key)
        #expect(try b.store().read(key) == nil)
    }

    @Test("nor is a copy of what came before a damaged record that was set aside, though a logout lists it")
    func setAside() async throws {
        let (a, b) = (host(.nodeLocal, "a"), host(.nodeLocal, "b"))
        try await a.store().publish(TokenStoreContract.over("one"), key)
        #expect(try b.store().read(key)?.tokens.access == "access-one")
        let record = Place(.file, folder: b.sharedFolder, workspace: workspace).record(key)
        try OnDisk.write(record, Array("damaged".utf8), mode: 0o600)
        #expect(try b.store().all(key).map(\.tokens.access) == ["access-one"])
        for _ in 0..<2 { #expect(try await b.newest(key) == nil) }
        #expect(OnDisk.bytes(record) == nil, "it was set aside")
    }

    @Test("while the shared store is out of reach, the copy goes on counting for reading and producing")
    func outOfReach() async throws {
        let (a, b) = (host(.nodeLocal, "a"), host(.nodeLocal, "b"))
        try await a.store().publish(TokenStoreContract.live("one"), key)
        #expect(try b.store().read(key) != nil)
        try a.store().remove(key)
        let store = cutOff
        let taken = try await store.produceUnlessLive(key) { _ throws(ProductionStop) in
            throw ProductionStop(NoLuck())
        }
        #expect(taken.tokens.access == "access-one")
        #expect(try store.read(key)?.tokens.access == "access-one")
    }

    @Test("a copy of what came before a record that is damaged is not published again, and its refresh token not sent")
    func damaged() async throws {
        let (a, b) = (host(.nodeLocalNFS, "a"), host(.nodeLocalNFS, "b"))
        try await a.store().publish(TokenStoreContract.over("one"), key)
        #expect(try b.store().read(key)?.tokens.access == "access-one")
        try await a.store().publish(TokenStoreContract.over("two"), key)
        let names = OnDisk.names(a.sharedFolder).filter { $0.hasSuffix(".d") }
        let folder = "\(a.sharedFolder)/\(try #require(names.first))"
        let newest = try #require(OnDisk.names(folder).filter { $0.hasPrefix("record.") }.max())
        try OnDisk.write("\(folder)/\(newest)", Array("damaged".utf8), mode: 0o600)

        // The host that has what the damaged one held brings it back; until it does, nobody has tokens.
        #expect(try await b.newest(key) == nil)
        #expect(try await a.newest(key)?.tokens.access == "access-two")
        #expect(try await b.newest(key)?.tokens.access == "access-two")
    }
}
