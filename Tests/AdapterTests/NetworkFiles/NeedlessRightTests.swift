import Domain
import Files
import Locking
import Ports
import Testing

@testable import NetworkFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("A right that nobody needs")
struct NeedlessRightTests {
    let place: SharedPlace
    init() throws { place = try SharedPlace() }

    private func host(_ name: String, _ queue: QueueStandIn = .empty) -> SharedHost {
        place.host(name, notes: MemoryNotes(queue: queue))
    }

    /// Has a host find that the refresh token of what is there is refused.
    private func refuse(_ host: SharedHost) async throws {
        try await host.publish("old")
        _ = try? await host.produce { production throws(ProductionStop) in
            do { try production.noteRefused(Secret("old")) } catch { throw ProductionStop(error) }
            throw ProductionStop(NoLuck())
        }
    }

    @Test(
        "Where the refresh token was refused, or removed, each host finds that without a right",
        arguments: [true, false])
    func nothingToRefresh(isRefused: Bool) async throws {
        let first = host("first")
        if isRefused { try await refuse(first) } else { try await first.publish("old") }
        if !isRefused { try first.store.remove(place.key) }
        let names = try place.names(first).sorted()
        for name in ["two", "three"] {
            let rounds = Rounds()
            await #expect(throws: TokenStoreError.self) {
                try await host(name).produce { production throws(ProductionStop) in
                    _ = rounds.next()
                    #expect(try production.newestOrStop()?.isRefreshTokenRefused == (isRefused ? true : nil))
                    throw ProductionStop(NoLuck())
                }
            }
            #expect(rounds.count == 1)
        }
        #expect(try place.names(first).sorted() == names)
    }

    @Test("To find that is left to the first of a host; who keeps the others waiting for long is passed with a right")
    func notFirst() async throws {
        try await refuse(host("first"))
        let two = host("two", .held)
        try await two.produce { _ in PlainCoding.tokens("new") }
        // When it took the right: its clock goes on while the body runs.
        let lease = try SharedKey(place.key, two.store).lease(RightName(generation: 2, epoch: 1))
        let since = try #require(lease?.holder.since.seconds)
        #expect(since > 1020 && since < 1040)
    }

    @Test("All who were kept waiting pass, one after the other, before they give up")
    func allPass() async throws {
        try await refuse(host("first"))
        let notes = MemoryNotes(queue: .held)
        let ended = Rounds()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                let waiter = place.host("waiter\(number)", notes: notes)
                group.addTask {
                    let error = await #expect(throws: TokenStoreError.self) {
                        try await waiter.produce { _ throws(ProductionStop) in
                            _ = ended.next()
                            throw ProductionStop(NoLuck())
                        }
                    }
                    if case .stopped? = error { return }
                    Issue.record("\(String(describing: error))")
                }
            }
        }
        #expect(ended.count == 8)
    }

    @Test("A sign-in that another host has under way is waited for all the same")
    func underWay() async throws {
        try await refuse(host("first"))
        let (one, two) = (place.host("one", isStill: true), host("two"))
        try await one.produce(.signIn) { _ in
            await #expect(throws: TokenStoreError.self) {
                try await two.produce(by: Deadline(in: 20, two.clock)) { _ in
                    Issue.record("it did not wait")
                    return PlainCoding.tokens("needless")
                }
            }
            return PlainCoding.tokens("new")
        }
        #expect(try two.read()?.tokens == PlainCoding.tokens("new"))
    }

    @Test("Whoever finds a refresh token after all begins anew, and sends it under a right")
    func findsOne() async throws {
        try await refuse(host("first"))
        let rounds = Rounds()
        let made = try await host("two").produce { production throws(ProductionStop) in
            if rounds.next() == 1 {
                _ = try? await place.host("three").produce(.signIn) { _ in PlainCoding.tokens("new") }
            }
            #expect(try production.newestOrStop()?.tokens == PlainCoding.tokens("new"))
            #expect(try await production.spendOrStop("new").isAllowed)
            return PlainCoding.tokens("newer")
        }
        #expect(rounds.count == 2)
        #expect(made.tokens == PlainCoding.tokens("newer"))
        #expect(try place.host("four").read()?.tokens == PlainCoding.tokens("newer"))
    }

    @Test("What somebody has published meanwhile is taken before anybody is told to sign in")
    func publishedMeanwhile() async throws {
        try await refuse(host("first"))
        let (two, rounds) = (host("two"), Rounds())
        let made = try await two.store.produce(
            place.key, .refresh, waitingUntil: nil, isEnough: { $0 == PlainCoding.tokens("new") },
            isRight: { _ in false }
        ) { production throws(ProductionStop) in
            _ = rounds.next()
            _ = try? await place.host("three").produce(.signIn) { _ in PlainCoding.tokens("new") }
            _ = try production.newestOrStop()
            throw ProductionStop(NoLuck())
        }
        #expect(made.tokens == PlainCoding.tokens("new"))
        #expect(rounds.count == 1)
    }

    @Test("A listing from a client's cache, older than a sign-in elsewhere, keeps nobody from its tokens")
    func oldListing() async throws {
        let first = host("first")
        try await refuse(first)
        let two = SharedHost(
            place, "two", isStill: false, folder: CachingFolder(real: PosixSharedFolder(path: place.path)),
            notes: MemoryNotes(queue: .empty))
        _ = try? await two.produce { _ throws(ProductionStop) in throw ProductionStop(NoLuck()) }
        #expect(try two.read()?.isRefreshTokenRefused == true)
        try await place.host("three").publish("new")
        unlink(place.path + "/" + SharedKey(place.key, first.store).name)
        #expect(try two.read()?.isRefreshTokenRefused == true, "the cache does not show it yet")
        let rounds = Rounds()
        try await two.produce { production throws(ProductionStop) in
            _ = rounds.next()
            #expect(try production.newestOrStop()?.tokens == PlainCoding.tokens("new"))
            return PlainCoding.tokens("newer")
        }
        #expect(rounds.count == 1)
    }
}

/// A folder whose listings are kept until its own client makes a file there, as those of NFS clients are.
private final class CachingFolder: SharedFolder {
    private let real: PosixSharedFolder
    private let listings = Guarded<[String: [String]]>([:])

    init(real: PosixSharedFolder) { self.real = real }

    var path: String { real.path }

    func names(in subfolder: String) throws(SharedFolderFailure) -> [String] {
        if let known = listings.with({ $0[subfolder] }) { return known }
        let names = try real.names(in: subfolder)
        listings.with { $0[subfolder] = names }
        return names
    }

    func makeFile(_ name: String, room: Int) throws(SharedFolderFailure) -> any UnnamedFile {
        listings.with { $0 = [:] }
        return try real.makeFile(name, room: room)
    }

    func ensure(_ subfolder: String) throws(SharedFolderFailure) { try real.ensure(subfolder) }
    func read(_ name: String) throws(SharedFolderFailure) -> [UInt8]? { try real.read(name) }
    func overwrite(_ name: String, with bytes: [UInt8]) throws(SharedFolderFailure) {
        try real.overwrite(name, with: bytes)
    }
    func rename(_ name: String, to newName: String) throws(SharedFolderFailure) { try real.rename(name, to: newName) }
    func remove(_ name: String) throws(SharedFolderFailure) { try real.remove(name) }
}
