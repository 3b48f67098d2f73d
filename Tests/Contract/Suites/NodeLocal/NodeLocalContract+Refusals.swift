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

/// What becomes of a host where one of its two stores is there and not to be used.
extension NodeLocalContract {
    @Test("a refresh token that others have too is not sent past a shared store that is there and not to be used")
    func closed() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        let refusals = [
            TokenStoreError.refused(path: "/shared", reason: "others can write to it", remedy: "Close it."),
            .unusable(path: "/shared", reason: "it is of a newer version", remedy: "Use that."),
            .notReadable(path: "/shared", reason: "Permission denied", lack: .permission),
        ]
        for refusal in refusals {
            #expect(try await spending("old", before: refusal) == .spent)
        }
        // What this host alone has made is its own.
        try await store("a", before: BrokenStore(error: refusals[0])).publish(TokenStoreContract.over("own"), key)
        for refusal in refusals {
            #expect(try await spending("own", before: refusal) == .allowed(sentBy: nil))
        }
    }

    @Test(
        "nor where that shows only once it is to be sent; one that is out of reach then leaves the host alone with it",
        arguments: [StoreLack.permission, nil])
    func closes(_ lack: StoreLack?) async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        let shared = BreakingStore(
            shared.store(), error: .notReadable(path: "/shared", reason: "it can't be had", lack: lack))
        _ = try? await store("a", before: shared).publish(key) { production throws(ProductionStop) in
            shared.breakDown()
            do {
                let spending = try await production.spend(Secret("refresh-old"))
                #expect(spending == (lack == .permission ? .spent : .allowed(sentBy: nil)))
            } catch {
                Issue.record(error)
            }
            throw ProductionStop(NoLuck())
        }
    }

    @Test("nor one that this host has sent there, without being told whether it arrived")
    func offered() async throws {
        try await host("a").store().publish(TokenStoreContract.over("old"), key)
        let shared = BreakingStore(shared.store())
        _ = try? await store("a", before: shared).publish(key) { production throws(ProductionStop) in
            _ = try production.orStop { try $0.newest() }
            shared.breakDown()
            try? production.checkpoint(MadeUp.tokens("old", refresh: "rotated", expiry: 1000))
            throw ProductionStop(NoLuck())
        }
        let refusal = TokenStoreError.refused(path: "/shared", reason: "others can write to it", remedy: "Close it.")
        #expect(try await spending("rotated", before: refusal) == .spent)
    }

    /// What host a is told that asks to send that refresh token, before a shared store with that error.
    private func spending(_ name: String, before error: TokenStoreError) async throws -> Spending {
        let told = Shared(Spending?.none)
        _ = try? await store("a", before: BrokenStore(error: error)).publish(key) { production throws(ProductionStop) in
            do {
                let spending = try await production.spend(Secret("refresh-\(name)"))
                told.change { $0 = spending }
            } catch {
                throw ProductionStop(error)
            }
            throw ProductionStop(NoLuck())
        }
        return try #require(told.value)
    }

    @Test("a host's own folder that can't be looked into keeps nobody from what all hosts have")
    func unreachableFolder() async throws {
        try await shared.store().publish(TokenStoreContract.live("one"), key)
        let told = Told()
        // No name is that long.
        let store = store(String(repeating: "x", count: 300), before: shared.store(), told)
        #expect(try store.read(key)?.tokens.access == "access-one")
        #expect(told.warned.count == 1, "\(told.warned)")
    }

    @Test("a removal leaves the shared tokens, to be revoked, where the host's own folder is refused")
    func refusedFolder() async throws {
        try await shared.store().publish(TokenStoreContract.live("one"), key)
        #expect(symlink("/nowhere", workspace.path("x")) == 0)
        let limits = ProductionLimits(refresh: 60, signIn: 330)
        let store = NodeLocalTokenStore(
            local: FileTokenStore(
                FileTokenStore.Settings(
                    folder: workspace.path("x/host"), nameSuffix: "-host", hostName: "host", limits: limits,
                    ownFolderAbove: workspace.path("x")),
                digester: OpenSSLCryptography(), time: SkewedClock(), notices: Told()),
            shared: shared.store(), time: SkewedClock(), notices: Told())
        #expect(throws: TokenStoreError.self) { try store.remove(key) }
        #expect(try shared.store().read(key)?.tokens.access == "access-one")
    }

    @Test("where the shared folder says that its tokens are kept otherwise, nobody goes on alone")
    func contradicted() async throws {
        let error = TokenStoreError.contradicted(path: "/shared", reason: "it says nfs", remedy: "Say nfs.")
        let store = store("a", before: BrokenStore(error: error))
        let said = #expect(throws: TokenStoreError.self) { _ = try store.read(key) }
        #expect(said.map { "\($0)" }?.contains("it says nfs") == true)
        await #expect(throws: TokenStoreError.self) {
            try await store.publish(key) { _ throws(ProductionStop) in
                Issue.record("it went on alone")
                return TokenStoreContract.over("alone")
            }
        }
    }
}
