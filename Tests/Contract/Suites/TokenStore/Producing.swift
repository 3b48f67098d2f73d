import Domain
import Ports
import StoreProbe
import Testing

extension TokenStoreContract {
    @Suite("Producing within one process")
    struct Producing {
        let key: TokenKey
        init() throws { key = try MadeUp.key() }

        @Test("what is enough is returned, and the body does not run", arguments: Backend.withMemory)
        func enough(_ backend: Backend) async throws {
            let place = Place(backend)
            try await place.store().publish(TokenStoreContract.live("one"), key)
            let produced = try await place.store().produceUnlessLive(key) { _ throws(ProductionStop) in
                Issue.record("the body ran")
                throw ProductionStop(NoLuck())
            }
            #expect(produced.tokens.access == "access-one")
        }

        @Test("of a hundred tasks one produces, and all get what it made", arguments: Backend.withMemory)
        func singleFlight(_ backend: Backend) async throws {
            let (place, key, count) = (Place(backend), key, Shared(0))
            let store = place.store()
            let all = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        try await store.produceUnlessLive(key) { _ in
                            let number = count.change { count in
                                count += 1
                                return count
                            }
                            await Task.yield()
                            return TokenStoreContract.live("\(number)")
                        }.tokens.access
                    }
                }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(count.value == 1)
            #expect(all == Array(repeating: "access-1", count: 100))
        }

        @Test(
            "a body that ends without tokens releases the right, and the next one produces",
            arguments: Backend.withMemory
        )
        func stopped(_ backend: Backend) async throws {
            let place = Place(backend)
            let error = await #expect(throws: TokenStoreError.self) {
                try await place.store().produceUnlessLive(key) { _ throws(ProductionStop) in
                    throw ProductionStop(NoLuck())
                }
            }
            guard case .stopped(let reason) = error else {
                Issue.record("not .stopped: \(String(describing: error))")
                return
            }
            #expect(reason is NoLuck)
            let produced = try await place.store().produceUnlessLive(key) { _ in TokenStoreContract.live("next") }
            #expect(produced.tokens.access == "access-next")
        }

        @Test(
            "who waits takes what was produced meanwhile, whatever its clock says", arguments: Backend.withMemory,
            [-100_000_000, 100_000_000])
        func wrongClock(_ backend: Backend, _ offset: Int64) async throws {
            let (place, key, entered, waits, leave) = (Place(backend), key, Gate(), Gate(), Gate())
            async let producer = place.store().publish(key) { _ in
                entered.open()
                await leave.pass()
                // On the waiter's clock these are long over, or made in the future.
                return TokenStoreContract.over("made")
            }
            await entered.pass()
            let clock = TellingClock(SkewedClock(offset: offset), onSleep: waits)
            async let waiter = place.store(clock).produce(
                key, .refresh, waitingUntil: nil, isEnough: { $0.accessTokenExpiry > clock.now() },
                isRight: { $0.access == "access-made" }
            ) { _ throws(ProductionStop) in
                Issue.record("the waiter produced itself")
                throw ProductionStop(NoLuck())
            }
            await waits.pass()
            leave.open()
            #expect(try await producer.tokens.access == "access-made")
            #expect(try await waiter.tokens.access == "access-made")
        }

        @Test("who waits does not take what is not right for it", arguments: Backend.withMemory)
        func notRight(_ backend: Backend) async throws {
            let (place, key, entered, waits, leave) = (Place(backend), key, Gate(), Gate(), Gate())
            async let producer = place.store().publish(key) { _ in
                entered.open()
                await leave.pass()
                return TokenStoreContract.over("wrong")
            }
            await entered.pass()
            async let waiter = place.store(TellingClock(SkewedClock(), onSleep: waits)).produce(
                key, .refresh, waitingUntil: nil, isEnough: { _ in false }, isRight: { _ in false }
            ) { _ in TokenStoreContract.live("mine") }
            await waits.pass()
            leave.open()
            _ = try await producer
            #expect(try await waiter.tokens.access == "access-mine")
        }

        @Test("who waits does not take a checkpoint", arguments: Backend.withMemory)
        func checkpointIsNoNews(_ backend: Backend) async throws {
            let (place, key, entered, waits, leave) = (Place(backend), key, Gate(), Gate(), Gate())
            try await place.store().publish(TokenStoreContract.over("old"), key)
            async let producer = place.store().publish(key) { production throws(ProductionStop) in
                entered.open()
                await leave.pass()
                try production.orStop { try $0.checkpoint(MadeUp.tokens("old", refresh: "rotated", expiry: 1000)) }
                throw ProductionStop(NoLuck())
            }
            await entered.pass()
            async let waiter = place.store(TellingClock(SkewedClock(), onSleep: waits)).produce(
                key, .refresh, waitingUntil: nil, isEnough: { _ in false }, isRight: { _ in true }
            ) { production throws(ProductionStop) in
                let newest = try production.orStop { try $0.newest() }
                #expect(newest?.tokens.refresh == "refresh-rotated")
                return TokenStoreContract.live("mine")
            }
            await waits.pass()
            leave.open()
            _ = try? await producer
            #expect(try await waiter.tokens.access == "access-mine")
        }

        @Test("a newer record that somebody published meanwhile stays", arguments: Backend.allCases)
        func newerStays(_ backend: Backend) async throws {
            let (place, key) = (Place(backend), key)
            try await place.store().publish(TokenStoreContract.over("old"), key)
            let produced = try await place.store().publish(key) { production throws(ProductionStop) in
                try? await place.overtake("newer", key)
                try production.orStop { try $0.checkpoint(TokenStoreContract.over("late checkpoint")) }
                #expect((try? place.store().read(key))?.tokens.access == "access-newer")
                return TokenStoreContract.live("late")
            }
            #expect(produced.tokens.access == "access-late", "its own caller gets it")
            #expect(try place.store().read(key)?.tokens.access == "access-newer")
        }

        @Test(
            "a checkpoint is readable at once, and a producer's own checkpoint does not hinder its end",
            arguments: Backend.withMemory)
        func checkpoint(_ backend: Backend) async throws {
            let (place, key) = (Place(backend), key)
            try await place.store().publish(TokenStoreContract.over("old"), key)
            let produced = try await place.store().publish(key) { production throws(ProductionStop) in
                try production.orStop { try $0.reserve() }
                try production.orStop { try $0.checkpoint(MadeUp.tokens("old", refresh: "rotated", expiry: 1000)) }
                #expect((try? place.store().read(key))?.tokens.refresh == "refresh-rotated")
                return TokenStoreContract.live("whole", refresh: "rotated")
            }
            #expect(produced.unstored == nil)
            #expect(try place.store().read(key)?.tokens.access == "access-whole")
        }

        @Test(
            "a refused refresh token is remembered for all, and forgotten with a new record",
            arguments: Backend.allCases)
        func refused(_ backend: Backend) async throws {
            let (place, key) = (Place(backend), key)
            try await place.store().publish(TokenStoreContract.over("old"), key)
            await #expect(throws: TokenStoreError.self) {
                try await place.store().publish(key) { production throws(ProductionStop) in
                    try production.orStop { try $0.noteRefused(Secret("refresh-old")) }
                    let newest = try production.orStop { try $0.newest() }
                    #expect(newest?.isRefreshTokenRefused == true)
                    throw ProductionStop(NoLuck())
                }
            }
            #expect(try place.store().read(key)?.isRefreshTokenRefused == true)
            #expect(await (try place.probe("read")).rest() == "access-old refresh-old refused")
            try await place.store().publish(TokenStoreContract.live("new"), key)
            #expect(try place.store().read(key)?.isRefreshTokenRefused == false)
        }

        @Test("a refused token says nothing of one that the Go tool has put there since", arguments: Backend.withGo)
        func refusedThenGo(_ backend: Backend) async throws {
            let (place, key) = (Place(backend), key)
            try await place.store().publish(TokenStoreContract.over("old"), key)
            _ = try? await place.store().publish(key) { production throws(ProductionStop) in
                try production.orStop { try $0.noteRefused(Secret("refresh-old")) }
                throw ProductionStop(NoLuck())
            }
            try place.writeLikeGo("go", key)
            #expect(try place.store().read(key)?.isRefreshTokenRefused == false)
        }
    }
}

/// Another clock, which opens a gate when somebody sleeps for the first time: from then on one waits.
private struct TellingClock: TimeSource {
    let clock: any TimeSource
    let gate: Gate

    init(_ clock: any TimeSource, onSleep gate: Gate) {
        self.clock = clock
        self.gate = gate
    }

    func now() -> Timestamp { clock.now() }
    func uptime() -> Double { clock.uptime() }
    func sleep(seconds: Double) async {
        gate.open()
        await clock.sleep(seconds: seconds)
    }
}
