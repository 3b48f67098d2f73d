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

/// A server whose calls fail for a moment, or for longer.
@Suite struct SharedTroubleTests {
    let place: SharedPlace
    let folder: FailingFolder

    init() throws {
        place = try SharedPlace()
        folder = FailingFolder(PosixSharedFolder(path: place.path))
    }

    private func host(_ name: String) -> SharedHost {
        SharedHost(place, name, isStill: false, folder: folder, notes: MemoryNotes())
    }

    @Test("A server that lets nobody write is named at the end of waiting, and nobody's process is")
    func noWriting() async throws {
        let host = host("one")
        try await host.publish("one")
        folder.fail { call, _ in call == .make ? .undone : nil }
        let began = host.clock.uptime()
        let error = await #expect(throws: TokenStoreError.self) { try await host.publish("two") }
        guard case .notWritable(_, let reason, _)? = error else { throw NoLuck() }
        #expect(reason == "Input/output error")
        #expect(host.clock.uptime() - began >= 60)
    }

    @Test("So it is where each call takes minutes to fail: that time was waited")
    func slowFailures() async throws {
        let host = host("one")
        try await host.publish("one")
        folder.fail { call, _ in
            guard call == .make else { return nil }
            host.clock.pass(100)
            return .undone
        }
        let began = host.clock.uptime()
        let error = await #expect(throws: TokenStoreError.self) { try await host.publish("two") }
        guard case .notWritable? = error else { throw NoLuck() }
        #expect(host.clock.uptime() - began < 400)
    }

    @Test(
        "A refresh that meets trouble of a moment begins anew, and nobody has to sign in", arguments: Trouble.allCases)
    func passing(_ trouble: Trouble) async throws {
        let host = host("one")
        try await host.publish("one")
        if trouble == .import { try place.write("plain two two", to: place.path + "/" + host.fileName) }
        folder.failOnce(trouble.fault)
        let token = trouble == .import ? "two" : "one"
        let began = host.clock.uptime()
        let produced = try await host.produce { production throws(ProductionStop) in
            guard try await production.spendOrStop(token).isAllowed else { throw ProductionStop(NoLuck()) }
            return PlainCoding.tokens("new")
        }
        #expect(folder.hasFailed)
        #expect(produced.unstored == nil)
        #expect(try host.read()?.tokens == PlainCoding.tokens("new"))
        #expect(host.clock.uptime() - began < host.store.times.silence, "nobody is waited for, least of all itself")
    }

    @Test(
        "On a full disk a holder, which has its room, is waited for as elsewhere; the disk is named at the end of that")
    func full() async throws {
        let (one, two) = (place.host("one", isStill: true), host("two"))
        try await two.publish("old")
        try await one.produce { _ in
            folder.fail { call, _ in call == .make ? .noRoom : nil }
            let began = two.clock.uptime()
            let error = await #expect(throws: TokenStoreError.self) { try await two.publish("two") }
            #expect(error?.lacksRoom == true)
            #expect(two.clock.uptime() - began >= 60)
            return PlainCoding.tokens("one")
        }
        #expect(try two.read()?.tokens == PlainCoding.tokens("one"))
    }

    @Test("Trouble that stays is named, after a few more tries")
    func staying() async throws {
        let host = host("one")
        try await host.publish("one")
        folder.fail { call, name in call == .link && name.contains("/spent.") ? .undone : nil }
        let error = await #expect(throws: TokenStoreError.self) {
            try await host.produce { production throws(ProductionStop) in
                _ = try await production.spendOrStop("one")
                return PlainCoding.tokens("new")
            }
        }
        guard case .notWritable(_, let reason, _)? = error else { throw NoLuck() }
        #expect(reason == "Input/output error")
        #expect(try host.read()?.tokens == PlainCoding.tokens("one"))
    }

    @Test("What was obtained is stored though the server is away for longer than a moment")
    func outageAtTheEnd() async throws {
        let host = host("one")
        let clock = host.clock
        let produced = try await host.produce { _ in
            let end = clock.uptime() + 20
            folder.fail { _, _ in clock.uptime() < end ? .undone : nil }
            return PlainCoding.tokens("new")
        }
        #expect(folder.hasFailed)
        #expect(produced.unstored == nil)
        #expect(try host.read()?.tokens == PlainCoding.tokens("new"))
    }

    @Test("Who has something else to fall back on is not kept waiting for a server that is away")
    func outageWithDeadline() async throws {
        let host = host("one")
        let clock = host.clock
        let began = clock.uptime()
        let produced = try await host.store.produce(
            place.key, .refresh, waitingUntil: Deadline(in: 10, clock), isEnough: { _ in false },
            isRight: { _ in false }
        ) { _ in
            folder.fail { _, _ in .undone }
            return PlainCoding.tokens("new")
        }
        #expect(produced.tokens == PlainCoding.tokens("new"))
        #expect(produced.unstored != nil)
        #expect(clock.uptime() - began < 10)
    }

    @Test("What is there though the call that stored it failed is known for our own, and mirrored for the other tool")
    func storedAllTheSame() async throws {
        let host = host("one")
        try await host.publish("one")
        let produced = try await host.produce { production throws(ProductionStop) in
            guard try await production.spendOrStop("one").isAllowed else { throw ProductionStop(NoLuck()) }
            folder.failOnce { call, name in call == .link && name.contains("/record.") ? .done : nil }
            return PlainCoding.tokens("new")
        }
        #expect(folder.hasFailed)
        #expect(!produced.isDropped)
        #expect(try PosixSharedFolder(path: place.path).read(host.fileName) == PlainCoding().encode(produced.tokens))
    }

    @Test("What was made after a checkpoint that is there, though nobody could tell, is stored")
    func checkpointAllTheSame() async throws {
        let host = host("one")
        try await host.publish("one")
        let produced = try await host.produce { production throws(ProductionStop) in
            guard try await production.spendOrStop("one").isAllowed else { throw ProductionStop(NoLuck()) }
            // It is made, and can't be looked at.
            let isMade = Guarded(false)
            folder.fail { call, name in
                guard name.contains("/record.") else { return nil }
                if call == .link { isMade.with { $0 = true } }
                return call == .link ? .done : isMade.with { $0 } ? .undone : nil
            }
            try? production.checkpoint(PlainCoding.tokens("old", "rotated"))
            folder.fail { _, _ in nil }
            return PlainCoding.tokens("new", "rotated")
        }
        #expect(!produced.isDropped)
        #expect(try host.read()?.tokens == PlainCoding.tokens("new", "rotated"))
    }

    @Test("Where this host's processes can't queue, each asks the server at once")
    func noQueue() async throws {
        try await host("one").publish("one")
        let host = SharedHost(
            place, "two", isStill: false, folder: PosixSharedFolder(path: place.path), notes: NoQueueNotes())
        let began = host.clock.uptime()
        try await host.publish("two")
        #expect(host.clock.uptime() - began < 0.5)
    }

    /// Where in a refresh a call fails, once.
    enum Trouble: CaseIterable {
        /// The making of what is reserved.
        case reserve
        /// The making of a marker, which is not there.
        case marker
        /// The making of a marker, which is there all the same.
        case markerThere
        /// The making of the lease, which is there all the same.
        case leaseThere
        /// The publishing of what the other tool wrote.
        case `import`

        var fault: @Sendable (FailingFolder.Call, String) -> FailingFolder.Fault? {
            switch self {
            // The first two files of a production are its lease and the end of that.
            case .reserve: { call, name in call == .makeLarge && name.contains("/new.") ? .undone : nil }
            case .marker: { call, name in call == .link && name.contains("/spent.") ? .undone : nil }
            case .markerThere: { call, name in call == .link && name.contains("/spent.") ? .done : nil }
            case .leaseThere: { call, name in call == .link && name.contains("/lease.") ? .done : nil }
            case .import: { call, name in call == .link && name.contains("/record.") ? .undone : nil }
            }
        }
    }
}

extension SharedHost {
    /// The other tool's file.
    fileprivate var fileName: String { SharedKey(key, store).name }
}

/// Notes on a disk without room for a queue.
private struct NoQueueNotes: HostNotes {
    func note(_ name: String) -> [UInt8]? { nil }
    func write(_ bytes: [UInt8], to name: String) {}
    func queue(_ name: String) -> (any ProductionRight)? { NoQueue() }

    private struct NoQueue: ProductionRight {
        func take() throws(TokenStoreError) -> ProductionRightOutcome {
            throw .notWritable(path: "/run", reason: "No space left on device", lack: .room)
        }
    }
}
