import Domain
import Ports
import StoreProbe
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension TokenStoreContract {
    @Suite("Waiting")
    struct Waiting {
        let key: TokenKey
        init() throws { key = try MadeUp.key() }

        @Test(
            "after a second the person is told once who is producing, and after the limit it is an error",
            arguments: Backend.withMemory, [(ProductionPurpose.refresh, 60), (.signIn, 330)])
        func limit(_ backend: Backend, _ row: (purpose: ProductionPurpose, limit: Int)) async throws {
            let (place, key, entered, leave) = (Place(backend), key, Gate(), Gate())
            async let producer = place.store().produce(
                key, row.purpose, waitingUntil: nil, isEnough: { _ in false }, isRight: { _ in false }
            ) { _ in
                entered.open()
                await leave.pass()
                return TokenStoreContract.live("late")
            }
            await entered.pass()
            let clock = JumpingClock { passed in
                #expect(place.told.told.isEmpty || passed > 1)
            }
            let error = await #expect(throws: TokenStoreError.self) {
                try await place.store(clock).publish(TokenStoreContract.live("mine"), key)
            }
            guard case .waitedTooLong(let seconds, let holder) = error else {
                Issue.record("not .waitedTooLong: \(String(describing: error))")
                return
            }
            #expect(seconds == row.limit)
            #expect(holder?.purpose == row.purpose)
            #expect(holder?.host == "host")
            #expect(place.told.told.count == 1)
            #expect(place.told.told.first?.contains(row.purpose.rawValue) == true)
            leave.open()
            _ = try await producer
        }

        /// Runs a body while another process, as it were, has the right.
        private func whileHeld(in place: Place, _ body: () async throws -> Void) async throws {
            let (key, entered, leave) = (key, Gate(), Gate())
            async let producer = place.store().publish(key) { _ in
                entered.open()
                await leave.pass()
                return TokenStoreContract.live("late")
            }
            await entered.pass()
            defer { leave.open() }
            try await body()
            leave.open()
            _ = try await producer
        }

        @Test("time in which the process stood still was not waited", arguments: Backend.withMemory)
        func stoodStill(_ backend: Backend) async throws {
            let (place, clock) = (Place(backend), JumpingClock())
            try await whileHeld(in: place) {
                let error = await #expect(throws: TokenStoreError.self) {
                    try await place.store(StoppedOnceClock(clock: clock)).publish(TokenStoreContract.live("mine"), key)
                }
                guard case .waitedTooLong(60, _) = error else {
                    Issue.record("not .waitedTooLong: \(String(describing: error))")
                    return
                }
                #expect(clock.uptime() > 1050)
            }
        }

        @Test("with a deadline it ends at that, and nobody is told", arguments: Backend.withMemory)
        func deadline(_ backend: Backend) async throws {
            let (place, clock) = (Place(backend), JumpingClock())
            try await whileHeld(in: place) {
                let error = await #expect(throws: TokenStoreError.self) {
                    try await place.store(clock).produce(
                        key, .refresh, waitingUntil: Deadline(in: 5, clock), isEnough: { _ in false },
                        isRight: { _ in false }, body: { _ in TokenStoreContract.live("mine") })
                }
                guard case .waitedTooLong(5, _) = error else {
                    Issue.record("not .waitedTooLong: \(String(describing: error))")
                    return
                }
                #expect(place.told.told == [])
            }
        }

        @Test("the limit is that of what is under way: a new producer is waited for anew", arguments: Backend.allCases)
        func nextProducer(_ backend: Backend) async throws {
            let (place, key) = (Place(backend), key)
            let signIn = try place.probe("produce", "hold", "purpose=sign-in", "fail")
            #expect(await signIn.line() == "in body")
            let next = Shared(ChildProcess?.none)
            // The waiter has waited 100 s for a sign-in that then fails, and another process begins a refresh.
            let clock = JumpingClock { passed in
                guard passed > 100, next.value == nil else { return }
                guard let child = try? place.probe("produce", "hold", "token=made") else { return }
                next.change { $0 = child }
                signIn.goOn()
                _ = await signIn.end()
                #expect(await child.line() == "in body")
            }
            let leave = Shared(false)
            let watching = JumpingClockWatcher(clock: clock) { passed in
                guard passed > 120, !leave.value else { return }
                leave.change { $0 = true }
                next.value?.goOn()
                _ = await next.value?.end()
            }
            let taken = try await place.store(watching).produceUnlessLive(key) { _ throws(ProductionStop) in
                throw ProductionStop(NoLuck())
            }
            #expect(taken.tokens.access == "access-made")
        }

        @Test(
            "a living process of the Go tool is waited for by its pid file; once it has died, nobody is",
            arguments: Backend.inFiles)
        func goTool(_ backend: Backend) async throws {
            let place = Place(backend)
            let program = place.workspace.path("aws-oidc-go")
            #expect(await (try ChildProcess(["cp", "/bin/sleep", program])).end() == 0)
            let goTool = try ChildProcess([program, "600"])
            OnDisk.makeFolder(place.folder)
            let lock = place.folder + "/" + place.name(key).prefix(64) + ".lock"
            try OnDisk.write(lock, Array("\(goTool.pid)\n".utf8))
            // What somebody has left who had the right and died.
            let right = place.record(key) + ".right"
            try OnDisk.write(right, Array("host\n1\nrefresh\n1\n".utf8))
            let error = await #expect(throws: TokenStoreError.self) {
                try await place.store(JumpingClock()).publish(TokenStoreContract.live("mine"), key)
            }
            #expect(OnDisk.bytes(right) == [], "it would be taken for somebody else's work in between")
            guard case .waitedTooLong(_, let holder) = error else {
                Issue.record("not .waitedTooLong: \(String(describing: error))")
                return
            }
            #expect(holder?.processID == goTool.pid)
            goTool.signal(SIGKILL)
            _ = await goTool.end()
            try await place.store().publish(key) { _ in
                #expect(OnDisk.lines(lock) == ["\(getpid())"], "the Go tool is to see that somebody produces")
                return TokenStoreContract.live("mine")
            }
            #expect(OnDisk.mode(lock) == nil)
            #expect(try place.store().read(key)?.tokens.access == "access-mine")
        }

        @Test("a cancelled task stops waiting", arguments: Backend.withMemory)
        func cancelled(_ backend: Backend) async throws {
            let (place, key, entered, leave) = (Place(backend), key, Gate(), Gate())
            async let producer = place.store().publish(key) { _ in
                entered.open()
                await leave.pass()
                return TokenStoreContract.live("late")
            }
            await entered.pass()
            let waiter = Task { try await place.store().publish(TokenStoreContract.live("mine"), key) }
            waiter.cancel()
            guard case .failure(let error as TokenStoreError) = await waiter.result, case .stopped(let reason) = error
            else {
                Issue.record("it went on")
                return
            }
            #expect(reason is CancellationError)
            leave.open()
            _ = try await producer
        }
    }
}

/// Another clock, with something to do after each sleep.
private struct JumpingClockWatcher: TimeSource {
    let clock: JumpingClock
    let afterSleep: @Sendable (Double) async -> Void

    func now() -> Timestamp { clock.now() }
    func uptime() -> Double { clock.uptime() }
    func sleep(seconds: Double) async {
        await clock.sleep(seconds: seconds)
        await afterSleep(clock.uptime() - 1000)
    }
}

/// Another clock that has gone on by ten minutes, after ten seconds, while nobody ran.
private struct StoppedOnceClock: TimeSource {
    let clock: JumpingClock

    func now() -> Timestamp { clock.now() }
    func uptime() -> Double { clock.uptime() + (clock.uptime() > 1010 ? 600 : 0) }
    func sleep(seconds: Double) async { await clock.sleep(seconds: seconds) }
}
