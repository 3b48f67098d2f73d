import Desktop
import Dispatch
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

/// The store of the port over a socket, with the probe as the process that looks after it.
@Suite("A store that another process looks after", .serialized)
struct RemoteStoreTests {
    let key: TokenKey
    let place = Place(.file)
    init() throws { key = try MadeUp.key() }

    /// The remote store before this test's folder.
    private func remote(patience: Double = 2, _ notices: any Notices = Told()) -> RemoteTokenStore {
        let folder = place.folder
        return RemoteTokenStore(
            place: folder, patience: Self.patience(patience), time: SkewedClock(), notices: notices
        ) { () throws(TokenStoreError) in
            do {
                return try ProcessStarter().startConnected(
                    executable: ChildProcess.product("aws-oidc-store-probe"), arguments: ["serve", "folder=\(folder)"],
                    environment: [:])
            } catch {
                throw .notReadable(path: folder, reason: "\(error)")
            }
        }
    }

    /// Runs a call that blocks until a process has started, on a thread that no task needs.
    fileprivate func elsewhere<Result: Sendable>(_ call: @escaping @Sendable () throws -> Result) async throws
        -> Result
    {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "call").async { continuation.resume(with: .init(catching: call)) }
        }
    }

    private static func patience(_ seconds: Double) -> RemoteTokenStore.Patience {
        var patience = RemoteTokenStore.Patience()
        patience.fileCall = seconds
        return patience
    }

    @Test("every call arrives, and every answer comes back")
    func calls() async throws {
        let store = remote()
        #expect(try await elsewhere { try store.read(key) } == nil)
        try await store.publish(TokenStoreContract.over("one"), key)
        try await store.publish(key) { production throws(ProductionStop) in
            #expect(try production.orStop { try $0.newest() }?.tokens.access == "access-one")
            do {
                #expect(try await production.spend(Secret("refresh-one")) == .allowed(sentBy: nil))
            } catch {
                throw ProductionStop(error)
            }
            production.keep(Secret("refresh-one"))
            try production.orStop { try $0.reserve() }
            try production.orStop { try $0.noteRefused(Secret("refresh-one")) }
            #expect((try? place.store().read(key))?.isRefreshTokenRefused == true)
            try production.orStop { try $0.checkpoint(MadeUp.tokens("one", refresh: "rotated", expiry: 1000)) }
            #expect((try? place.store().read(key))?.tokens.refresh == "refresh-rotated")
            return TokenStoreContract.live("two")
        }
        #expect(try store.read(key)?.tokens == place.store().read(key)?.tokens)
        #expect(try store.read(key)?.tokens.access == "access-two")
        let taken = try await store.produceUnlessLive(key) { _ throws(ProductionStop) in throw ProductionStop(NoLuck())
        }
        #expect(taken.tokens.access == "access-two")
        #expect(try !store.isRemoved(key))
        try store.remove(key)
        #expect(try store.isRemoved(key))
        #expect(try store.read(key) == nil)
    }

    @Test("a body that ends without tokens gives the right back, with its own reason")
    func stopped() async throws {
        let store = remote()
        let error = await #expect(throws: TokenStoreError.self) {
            try await store.publish(key) { _ throws(ProductionStop) in throw ProductionStop(NoLuck()) }
        }
        guard case .stopped(let reason) = error else {
            Issue.record("not .stopped: \(String(describing: error))")
            return
        }
        #expect(reason is NoLuck)
        try await place.store().publish(TokenStoreContract.live("next"), key)
    }

    @Test("an error of the store is the same error here")
    func errors() async throws {
        let folder = place.folder
        OnDisk.makeFolder(folder, mode: 0o777)
        let store = remote()
        let error = await #expect(throws: TokenStoreError.self) { try await elsewhere { try store.read(key) } }
        guard case .refused(let path, let reason, _) = error else {
            Issue.record("not .refused: \(String(describing: error))")
            return
        }
        #expect(path == folder)
        #expect(reason == "others can write to it")
    }

    @Test("a file call that does not come back is an error, and the next one is not waited for")
    func hangs() async throws {
        let started = Shared([Int32]())
        // A servant that has said hello, and is in a file call ever since.
        let store = RemoteTokenStore(
            place: "/shared", patience: Self.patience(0.1), time: SkewedClock(), notices: Told()
        ) { () throws(TokenStoreError) in
            var ends: [Int32] = [-1, -1]
            #if canImport(Glibc)
                let kind = Int32(SOCK_STREAM.rawValue)
            #else
                let kind = SOCK_STREAM
            #endif
            guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw BrokenStore.error }
            let hello = Array(#"{"hello":{}}"#.utf8)
            let bytes = [0, 0, 0, UInt8(hello.count)] + hello
            guard systemWrite(ends[1], bytes, bytes.count) == bytes.count else { throw BrokenStore.error }
            let ours = ends[1]
            started.change { $0.append(ours) }
            return ends[0]
        }
        for _ in 0..<3 {
            let error = #expect(throws: TokenStoreError.self) { try store.read(key) }
            guard case .notReadable("/shared", let reason, _) = error else {
                Issue.record("not .notReadable: \(String(describing: error))")
                break
            }
            #expect(reason == "no answer for 0 s")
        }
        await #expect(throws: TokenStoreError.self) { try await store.publish(TokenStoreContract.live("x"), key) }
        #expect(started.value.count == 1)
        for end in started.value { close(end) }
    }

    @Test("a servant that can't be started, or ends at once, is an error")
    func noServant() {
        let broken = RemoteTokenStore(place: "/shared", time: SkewedClock(), notices: Told()) {
            () throws(TokenStoreError) in throw BrokenStore.error
        }
        #expect(throws: TokenStoreError.self) { try broken.read(key) }
        let ending = RemoteTokenStore(place: "/shared", time: SkewedClock(), notices: Told()) {
            () throws(TokenStoreError) in open("/dev/null", O_RDONLY)
        }
        #expect(throws: TokenStoreError.self) { try ending.remove(key) }
    }

    @Test("waiting for another holder is not silence, however long it takes")
    func waits() async throws {
        let (place, key, entered, leave) = (place, key, Gate(), Gate())
        async let holder = place.store().publish(key) { _ in
            entered.open()
            await leave.pass()
            return TokenStoreContract.live("made")
        }
        await entered.pass()
        // It is let go once the waiter, a second later, has told whom it waits for: more than its patience, which is as
        // long as it can be for that, since other tests keep every core busy meanwhile.
        let store = remote(patience: 0.9, Opening(gate: leave))
        do {
            let taken = try await store.produce(
                key, .refresh, waitingUntil: nil, isEnough: { _ in false }, isRight: { $0.access == "access-made" }
            ) { _ throws(ProductionStop) in throw ProductionStop(NoLuck()) }
            #expect(taken.tokens.access == "access-made")
        } catch {
            Issue.record("\(error)")
            leave.open()
        }
        _ = try await holder
    }
}

extension RemoteStoreTests {
    @Test("signs of life that nobody reads hold nobody up: a sign-in may take as long as it takes")
    func unreadSigns() async throws {
        let (key, done) = (key, Gate())
        let store = RemoteTokenStore(place: "/shared", time: SkewedClock(), notices: Told()) {
            () throws(TokenStoreError) in
            try ServantHere.start(time: JumpingClock()) { time in
                // Far more of them than a socket has room for.
                ScriptedStore(nil, [ScriptedProduction()]) {
                    for _ in 0..<5000 { await time.sleep(seconds: 1) }
                    done.open()
                }
            }
        }
        let made = try await store.publish(key) { _ in
            await done.pass()
            return TokenStoreContract.live("made")
        }
        #expect(made.unstored == nil)
        #expect(try await elsewhere { try store.read(key) }?.tokens.access == "access-made")
    }

    @Test("what is done for a process that was stopped stands still with it, and goes on with it")
    func standsStill() async throws {
        let (polls, beats) = (Tally(), Tally())
        let clock = JumpingClock { _ in polls.mark() }
        let end = try ServantHere.start(time: clock, patience: 0.05) { time in
            ScriptedStore(nil, [ScriptedProduction()]) {
                while !Task.isCancelled {
                    await time.sleep(seconds: 1)
                    beats.mark()
                }
            }
        }
        defer { close(end) }
        let name = #"{"issuer":"\#(key.issuer.text)","clientID":"\#(key.clientID.text)"}"#
        try Self.send(#"{"produce":{"_0":\#(name),"purpose":"refresh"}}"#, to: end)
        // Two polls make a beat, as long as it does not stand still.
        var still = 0
        for _ in 0..<10_000 where still < 200 {
            let before = (polls.count, beats.count)
            while polls.count < before.0 + 10 { await Task.yield() }
            still = beats.count == before.1 ? still + 10 : 0
        }
        #expect(still >= 200, "it never stood still")
        let before = beats.count
        try Self.send(#"{"alive":{}}"#, to: end)
        for _ in 0..<10_000 where beats.count == before {
            try await Task.sleep(nanoseconds: 1_000_000)
        }
        #expect(beats.count > before)
    }

    @Test("what another process has taken over is begun anew by a node-local host, and nothing is sent meanwhile")
    func overtaken() async throws {
        let (key, asked) = (key, Shared([Result<Spending, any Error>]()))
        let record = StoredTokens(
            tokens: TokenStoreContract.over("old"), generation: 1, isRefreshTokenRefused: false)
        let store = NodeLocalTokenStore(
            local: FileTokenStore(
                FileTokenStore.Settings(
                    folder: place.folder, nameSuffix: "-host", hostName: "host",
                    limits: ProductionLimits(refresh: 60, signIn: 330)),
                digester: OpenSSLCryptography(), time: SkewedClock(), notices: Told()),
            shared: RemoteTokenStore(place: "/shared", time: SkewedClock(), notices: Told()) {
                () throws(TokenStoreError) in
                try ServantHere.start { _ in
                    ScriptedStore(
                        record,
                        [
                            ScriptedProduction(record: record, spending: .failure(.overtaken(path: "/shared"))),
                            ScriptedProduction(
                                record: record, spending: .failure(.waitedTooLong(seconds: 60, holder: nil))),
                            ScriptedProduction(record: record),
                        ])
                }
            }, time: SkewedClock(), notices: Told())
        let made = try await store.publish(key) { production throws(ProductionStop) in
            do {
                let spending = try await production.spend(Secret("refresh-old"))
                asked.change { $0.append(.success(spending)) }
                return TokenStoreContract.live("made")
            } catch {
                asked.change { $0.append(.failure(error)) }
                throw ProductionStop(error)
            }
        }
        #expect(made.unstored == nil)
        #expect(asked.value.count == 3)
        #expect(asked.value.dropLast().allSatisfy { (try? $0.get()) == nil })
        #expect(try asked.value.last?.get() == .allowed(sentBy: nil))
    }

    private static func send(_ json: String, to descriptor: Int32) throws {
        let bytes = [0, 0, 0, UInt8(json.utf8.count)] + Array(json.utf8)
        guard systemWrite(descriptor, bytes, bytes.count) == bytes.count else { throw BrokenStore.error }
    }
}

/// Opens a gate when somebody is told something.
private struct Opening: Notices {
    let gate: Gate

    func tell(_ line: String) { gate.open() }
    func warn(_ line: String) {}
}

private func systemWrite(_ descriptor: Int32, _ bytes: [UInt8], _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
