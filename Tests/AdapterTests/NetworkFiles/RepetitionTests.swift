import Domain
import Files
import Ports
import Testing

@testable import NetworkFiles

@Suite("A record that many have tried in vain to follow")
struct RepetitionTests {
    let place: SharedPlace
    init() throws { place = try SharedPlace() }

    /// What a record is about that many tries in vain follow.
    enum Trouble: CaseIterable {
        /// A refresh token that is kept each time, since the provider is away.
        case kept
        /// One that counts as sent, which who only looks sees as refused.
        case spent
        /// One that was refused.
        case refused
        /// A logout.
        case removed
        /// Nothing at all.
        case nothing
    }

    @Test(
        "Tries in vain leave a bounded number of names, and what was known of the tokens", arguments: Trouble.allCases)
    func repeated(_ trouble: Trouble) async throws {
        let host = SharedHost(
            place, "one", isStill: false, folder: PosixSharedFolder(path: place.path), notes: MemoryNotes(), tries: 2)
        if trouble != .nothing { try await host.publish("old") }
        if trouble == .removed { try host.store.remove(place.key) }
        let before = try host.store.lastChange(place.key)
        var most = 0
        for round in 0..<150 {
            host.clock.pass(10)
            _ = try? await host.produce { production throws(ProductionStop) in
                switch trouble {
                case .kept, .spent:
                    let isAllowed = try await production.spendOrStop("old").isAllowed
                    #expect(isAllowed == (trouble == .kept || round == 0))
                    if trouble == .kept { production.keep(Secret("old")) }
                case .refused where round == 0: try? production.noteRefused(Secret("old"))
                case .refused, .removed, .nothing: break
                }
                throw ProductionStop(NoLuck())
            }
            most = max(most, try place.names(host).count)
        }
        #expect(most < 200, "three a try would be 450")
        let last = try place.names(host).filter { $0.hasPrefix("record.") }.count
        #expect(last >= 16)
        // To whoever looks, nothing has changed.
        #expect(try host.store.lastChange(place.key) == before)
        let read = try place.host("two").read()
        #expect(read?.tokens == ([.nothing, .removed].contains(trouble) ? nil : PlainCoding.tokens("old")))
        #expect(read?.isRefreshTokenRefused ?? false == [.spent, .refused].contains(trouble))
        // And what follows it does so at once.
        try await place.host("three").publish("new")
        #expect(try host.read()?.tokens == PlainCoding.tokens("new"))
    }

    @Test(
        "What was begun before a record was repeated is stored, however often that was: it is no news",
        arguments: [1, 40], [true, false])
    func repeatedMeanwhile(_ times: Int, isRefresh: Bool) async throws {
        try await place.host("first").publish("old")
        let one = place.host("one", isStill: true)
        let two = SharedHost(
            place, "two", isStill: false, folder: PosixSharedFolder(path: place.path), notes: MemoryNotes(), tries: 1)
        try await one.produce { production throws(ProductionStop) in
            if isRefresh { #expect(try await production.spendOrStop("old").isAllowed) }
            // The first try sees it for the first time.
            for _ in 0..<(2 * times + 1) {
                two.clock.pass(10)
                _ = try? await two.produce { _ throws(ProductionStop) in throw ProductionStop(NoLuck()) }
            }
            if isRefresh { try production.checkpointOrStop(PlainCoding.tokens("old", "rotated")) }
            return PlainCoding.tokens("new", "rotated")
        }
        let read = try place.host("three").read()
        #expect(read?.tokens == PlainCoding.tokens("new", "rotated"))
        #expect(read?.generation ?? 0 > UInt64(times), "it was repeated so often")
    }

    @Test("A host repeats only what it has seen for ten seconds: a listing may be older than sixteen quick ones")
    func tooSoon() async throws {
        let host = SharedHost(
            place, "one", isStill: false, folder: PosixSharedFolder(path: place.path), notes: MemoryNotes(), tries: 1)
        try await host.publish("old")
        for pause in [0.0, 4, 4, 4] {
            #expect(try place.names(host).filter { $0.hasPrefix("record.") } == ["record.1"])
            host.clock.pass(pause)
            _ = try? await host.produce { _ throws(ProductionStop) in throw ProductionStop(NoLuck()) }
        }
        #expect(try place.names(host).filter { $0.hasPrefix("record.") }.count == 2)
    }
}
