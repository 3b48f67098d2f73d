import Domain
import Files
import OpenSSL
import Ports
import StoreProbe
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a host's own store before a shared one promises beyond the contract of every store.
@Suite("Node-local storage")
struct NodeLocalContract {
    let key: TokenKey
    let workspace = Workspace()
    init() throws { key = try MadeUp.key() }

    /// A host of that name: its own folder, and the one that all hosts of this test share.
    func host(_ name: String) -> Place { Place(.nodeLocal, folder: workspace.path(name), workspace: workspace) }

    /// The shared store itself.
    var shared: Place { Place(.file, folder: workspace.path("shared"), workspace: workspace) }

    /// A host's store before another shared one than that of this test.
    func store(_ name: String, before shared: any TokenStore, _ told: Told = Told()) -> NodeLocalTokenStore {
        let limits = ProductionLimits(refresh: 60, signIn: 330)
        return NodeLocalTokenStore(
            local: FileTokenStore(
                FileTokenStore.Settings(
                    folder: workspace.path(name), nameSuffix: "-host", hostName: "host", limits: limits),
                digester: OpenSSLCryptography(), time: SkewedClock(), notices: told),
            shared: shared, time: SkewedClock(), notices: told)
    }

    /// What a production of that host finds to be the newest.
    func newest(on place: Place) async throws -> StoredTokens? { try await place.newest(key) }

    @Test("a live token never touches the shared store")
    func live() async throws {
        try await host("a").store().publish(TokenStoreContract.live("one"), key)
        let cut = BrokenStore { Issue.record("the shared store was asked to \($0)") }
        let store = store("a", before: cut)
        #expect(try store.read(key)?.tokens.access == "access-one")
        let taken = try await store.produceUnlessLive(key) { _ throws(ProductionStop) in
            throw ProductionStop(NoLuck())
        }
        #expect(taken.tokens.access == "access-one")
    }

    @Test("what is made goes to both stores, and the other host's refresh begins with it")
    func both() async throws {
        try await host("a").store().publish(TokenStoreContract.over("one"), key)
        #expect(try shared.store().read(key)?.tokens.access == "access-one")
        #expect(try await newest(on: host("b"))?.tokens.access == "access-one")
        try await host("b").store().publish(TokenStoreContract.over("two"), key)
        #expect(try await newest(on: host("a"))?.tokens.access == "access-two")
        let afterwards = store("a", before: BrokenStore())
        #expect(try afterwards.read(key)?.tokens.access == "access-two", "copied down")
    }

    @Test("live tokens that another host has made are taken, and the body does not run")
    func taken() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        try await host("b").store().publish(TokenStoreContract.live("new"), key)
        #expect(try host("a").store().read(key)?.tokens.access == "access-new")
        let taken = try await host("a").store().produceUnlessLive(key) { _ throws(ProductionStop) in
            throw ProductionStop(NoLuck())
        }
        #expect(taken.tokens.access == "access-new")
    }

    @Test(
        "who waits for a process of its host, which stands still, takes what another host has made",
        arguments: [Backend.nodeLocal, .nodeLocalNFS])
    func waiting(_ backend: Backend) async throws {
        let (key, entered, leave) = (key, Gate(), Gate())
        async let standing = store("a", before: BrokenStore()).publish(key) { _ in
            entered.open()
            await leave.pass()
            return TokenStoreContract.live("late")
        }
        await entered.pass()
        defer { leave.open() }
        let others = Place(backend, folder: workspace.path("b"), workspace: workspace)
        try await others.store().publish(TokenStoreContract.live("new"), key)
        let host = Place(backend, folder: workspace.path("a"), workspace: workspace)
        let taken = try await host.store(JumpingClock()).produceUnlessLive(key) { _ throws(ProductionStop) in
            throw ProductionStop(NoLuck())
        }
        #expect(taken.tokens.access == "access-new")
        leave.open()
        #expect(try await standing.isDropped)
    }

    @Test("after invalid_grant a look shows what somebody has put into the shared store meanwhile")
    func invalidGrant() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        _ = try? await host("a").store().publish(key) { production throws(ProductionStop) in
            #expect(try production.orStop { try $0.newest() }?.tokens.access == "access-old")
            try production.orStop { _ in try shared.writeLikeGo("go", key) }
            #expect(try production.orStop { try $0.newest() }?.tokens.access == "access-go")
            throw ProductionStop(NoLuck())
        }
    }

    @Test("a refresh token that the provider has refused on one host is not sent by another")
    func refused() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        _ = try? await host("a").store().publish(key) { production throws(ProductionStop) in
            try production.orStop { try $0.noteRefused(Secret("refresh-old")) }
            throw ProductionStop(NoLuck())
        }
        #expect(try await newest(on: host("b"))?.isRefreshTokenRefused == true)
    }

    @Test("a checkpoint is in both stores at once")
    func checkpoint() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        _ = try? await host("a").store().publish(key) { production throws(ProductionStop) in
            try production.orStop { try $0.checkpoint(MadeUp.tokens("old", refresh: "rotated", expiry: 1000)) }
            throw ProductionStop(NoLuck())
        }
        #expect(try shared.store().read(key)?.tokens.refresh == "refresh-rotated")
        #expect(try store("a", before: BrokenStore()).read(key)?.tokens.refresh == "refresh-rotated")
    }

    @Test("a logout on one host voids the copies of all others")
    func removed() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        #expect(try host("b").store().read(key) != nil)
        try host("a").store().remove(key)
        #expect(try host("b").store().read(key) == nil)
        #expect(try await newest(on: host("b")) == nil)
        #expect(try shared.store().read(key) == nil, "it is not brought back")
    }

    @Test("a host that had to sign in for itself has two sessions to be signed out of")
    func twoSessions() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        try await store("a", before: BrokenStore()).publish(TokenStoreContract.live("own"), key)
        #expect(try host("a").store().all(key).map(\.tokens.refresh) == ["refresh-own", "refresh-old"])
        #expect(try host("b").store().all(key).map(\.tokens.refresh) == ["refresh-old"])
        let contradicted = BrokenStore(error: .contradicted(path: "/shared", reason: "it says nfs", remedy: "Say nfs."))
        #expect(try store("a", before: contradicted).all(key).map(\.tokens.refresh) == ["refresh-own"])
        try host("a").store().remove(key)
        #expect(try host("b").store().all(key).isEmpty)
    }

    @Test("a shared folder that is gone is no logout")
    func gone() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        rename(workspace.path("shared"), workspace.path("away"))
        #expect(try await newest(on: host("a"))?.tokens.access == "access-old")
    }

    @Test("a logout that happens while a host produces leaves nothing on it")
    func removedMeanwhile() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        let produced = try await host("a").store().publish(key) { production throws(ProductionStop) in
            try production.orStop { _ in try host("b").store().remove(key) }
            return TokenStoreContract.live("late")
        }
        #expect(produced.tokens.access == "access-late", "its own caller gets it")
        #expect(try shared.store().read(key) == nil)
        #expect(try host("a").store().read(key) == nil)
    }

    @Test("a local record that is damaged is set aside, and the shared one takes its place")
    func damaged() async throws {
        let place = host("a")
        try await place.store().publish(TokenStoreContract.live("one"), key)
        try OnDisk.write(place.record(key), [1, 2, 3])
        #expect(try place.store().read(key)?.tokens.access == "access-one")
        #expect(OnDisk.bytes(place.record(key) + ".damaged") == [1, 2, 3])
    }

    @Test("a folder of this host that can't be written is told, and the shared tokens serve")
    func localUnwritable() async throws {
        try await shared.store().publish(TokenStoreContract.live("one"), key)
        try OnDisk.write(workspace.path("file"), [1])
        let told = Told()
        let store = store("file/below", before: shared.store(), told)
        #expect(try store.read(key)?.tokens.access == "access-one")
        let produced = try await store.publish(TokenStoreContract.live("two"), key)
        #expect(produced.unstored == nil)
        #expect(try shared.store().read(key)?.tokens.access == "access-two")
        #expect(told.warned.count == 1)
    }
}
