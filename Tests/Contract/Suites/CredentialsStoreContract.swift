import Domain
import Files
import Ports
import StoreProbe
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What every store of AWS credentials promises.
@Suite("Credentials store contract")
struct CredentialsStoreContract {
    let place = HostPlace()
    let key = CredentialsStoreContract.key(role: "arn:aws:iam::123456789012:role/one")

    static func key(role: String, client: String = MadeUp.client) -> CredentialsKey {
        CredentialsKey(
            issuer: MadeUp.issuer, clientID: client, roleARN: role, duration: 3600,
            endpoints: EndpointVariables { _ in nil })
    }

    static func made(_ name: String, renewAfter: Int64 = 2_000_000_000) -> StoredCredentials {
        StoredCredentials(
            credentials: AWSCredentials(
                accessKeyID: "AKIA" + name, secretAccessKey: Secret("secret \"\(name)\""),
                sessionToken: Secret("session/" + name), expiry: Timestamp(seconds: 2_000_000_900)),
            renewAfter: Timestamp(seconds: renewAfter), subject: "a person | with ü")
    }

    /// Longer than anything here takes.
    private var soon: Deadline { Deadline(in: 45, SkewedClock()) }

    func store(_ time: any TimeSource = SkewedClock()) -> FileCredentialsStore {
        FileCredentialsStore(files: place.files(), time: time, notices: place.told)
    }

    func put(_ name: String, _ key: CredentialsKey) async {
        _ = await store().produce(key, waitingUntil: soon, isEnough: { _ in false }, body: { Self.made(name) })
    }

    @Test("what was produced is read back by every store in the same folder, and by it alone it is answered")
    func roundTrip() async {
        #expect(store().read(key) == nil)
        await put("one", key)
        #expect(store().read(key) == Self.made("one"))
        let again = await store().produce(key, waitingUntil: soon, isEnough: { _ in true }) {
            Issue.record("the body ran")
            return Self.made("two")
        }
        #expect(again == Self.made("one"))
        #expect(OnDisk.openToOthers(place.first) == [])
        #expect(OnDisk.mode(place.first) == 0o700)
    }

    @Test("of a hundred tasks one asks AWS, and all get what it got")
    func singleFlight() async {
        let (store, key, count) = (store(), key, Shared(0))
        let all = await withTaskGroup(of: StoredCredentials.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    await store.produce(key, waitingUntil: soon, isEnough: { _ in true }) {
                        let number = count.change { count in
                            count += 1
                            return count
                        }
                        await Task.yield()
                        return Self.made("\(number)")
                    }
                }
            }
            return await group.reduce(into: [StoredCredentials]()) { $0.append($1) }
        }
        #expect(count.value == 1)
        #expect(all == Array(repeating: Self.made("1"), count: 100))
    }

    @Test("what another stored after the call began is taken, even where it is not enough")
    func news() async {
        let (entered, leave, waits, key) = (Gate(), Gate(), Gate(), key)
        await put("old", key)
        async let producer = store().produce(key, waitingUntil: soon, isEnough: { _ in false }) {
            entered.open()
            await leave.pass()
            return Self.made("new")
        }
        await entered.pass()
        async let waiter = store(OpeningClock(gate: waits)).produce(key, waitingUntil: soon, isEnough: { _ in false }) {
            Issue.record("the waiter asked itself")
            return Self.made("mine")
        }
        await waits.pass()
        leave.open()
        #expect(await producer == Self.made("new"))
        #expect(await waiter == Self.made("new"))
    }

    @Test("an error of the body reaches its caller, and the next one asks")
    func failure() async {
        await #expect(throws: NoLuck.self) {
            try await store().produce(key, waitingUntil: soon, isEnough: { _ in false }) { () throws(NoLuck) in
                throw NoLuck()
            }
        }
        await put("next", key)
        #expect(store().read(key) == Self.made("next"))
    }

    @Test("where the right can't be had by the deadline, the body runs all the same")
    func limit() async {
        let (entered, leave, key) = (Gate(), Gate(), key)
        async let holder = store().produce(key, waitingUntil: soon, isEnough: { _ in false }) {
            entered.open()
            await leave.pass()
            return Self.made("late")
        }
        await entered.pass()
        let clock = JumpingClock()
        let mine = await store(clock).produce(
            key, waitingUntil: Deadline(in: 45, clock), isEnough: { _ in false }
        ) { Self.made("mine") }
        #expect(clock.uptime() > 1044)
        #expect(mine == Self.made("mine"))
        leave.open()
        _ = await holder
    }

    @Test("a drop forgets all of an issuer and client, and nothing of another one")
    func drop() async throws {
        let other = Self.key(role: "arn:aws:iam::123456789012:role/two")
        let foreign = Self.key(role: "arn:aws:iam::123456789012:role/one", client: "other-client")
        for key in [key, other, foreign] { await put("one", key) }
        store().drop(try MadeUp.key())
        #expect(store().read(key) == nil)
        #expect(store().read(other) == nil)
        #expect(store().read(foreign) == Self.made("one"))
        await put("two", key)
        #expect(store().read(key) == Self.made("two"))
    }

    @Test("a list names every record that is kept, and none that was dropped")
    func list() async throws {
        let foreign = Self.key(role: "arn:aws:iam::123456789012:role/one", client: "other-client")
        #expect(store().list().isEmpty)
        for key in [key, foreign] { await put("one", key) }
        #expect(Set(store().list().map(\.key)) == [key.text, foreign.text])
        #expect(Set(store().list().map(\.roleARN)) == [key.roleARN, foreign.roleARN])
        store().drop(try MadeUp.key())
        #expect(store().list().map(\.key) == [foreign.text])
    }

    @Test(
        "a drop during a production wins: its own caller gets the credentials, nobody else does", arguments: [0, 1, 3])
    func dropWins(_ earlierDrops: Int) async throws {
        for _ in 0..<earlierDrops { store().drop(try MadeUp.key()) }
        let dropped = try MadeUp.key()
        let mine = await store().produce(key, waitingUntil: soon, isEnough: { _ in false }) {
            store().drop(dropped)
            return Self.made("late")
        }
        #expect(mine == Self.made("late"))
        #expect(store().read(key) == nil)
    }

    @Test("a drop by a process that writes elsewhere reaches this one's folder, and wins here too")
    func dropFromElsewhere() async throws {
        // A session's process has a runtime folder; a cron job of the same person has not.
        let session = FileCredentialsStore(
            files: place.files([place.first, place.second]), time: SkewedClock(), notices: place.told)
        let cron = FileCredentialsStore(files: place.files([place.second]), time: SkewedClock(), notices: place.told)
        let dropped = try MadeUp.key()
        for round in 0..<3 {
            _ = await cron.produce(key, waitingUntil: soon, isEnough: { _ in false }) {
                session.drop(dropped)
                return Self.made("late\(round)")
            }
            #expect(cron.read(key) == nil)
            _ = await session.produce(key, waitingUntil: soon, isEnough: { _ in false }) {
                session.drop(dropped)
                return Self.made("late\(round)")
            }
            #expect(session.read(key) == nil)
        }
        _ = await cron.produce(key, waitingUntil: soon, isEnough: { _ in false }, body: { Self.made("kept") })
        session.drop(dropped)
        #expect(cron.read(key) == nil)
    }

    @Test("postponed credentials are renewed later; who waits does not take them for new ones")
    func postpone() async {
        await put("one", key)
        store().postpone(Self.made("one"), key, until: Timestamp(seconds: 2_000_000_060))
        #expect(store().read(key) == Self.made("one", renewAfter: 2_000_000_060))
    }

    @Test("what was renewed or dropped meanwhile is not postponed")
    func postponeLate() async throws {
        await put("one", key)
        await put("two", key)
        store().postpone(Self.made("one"), key, until: Timestamp(seconds: 2_000_000_060))
        #expect(store().read(key) == Self.made("two"))
        store().drop(try MadeUp.key())
        store().postpone(Self.made("two"), key, until: Timestamp(seconds: 2_000_000_060))
        #expect(store().read(key) == nil)
    }

    @Test("the first folder that can't be had leaves the next one, and none leaves every caller its own credentials")
    func deadFolder() async throws {
        let blocked = ["/proc/no-such-folder/aws-oidc"]
        let next = FileCredentialsStore(
            files: place.files(blocked + [place.second]), time: SkewedClock(), notices: place.told)
        _ = await next.produce(key, waitingUntil: soon, isEnough: { _ in false }, body: { Self.made("one") })
        #expect(next.read(key) == Self.made("one"))
        #expect(OnDisk.names(place.second).contains(key.fileName))
        let none = FileCredentialsStore(
            files: place.files(["/proc/no-such-folder/aws-oidc"]), time: SkewedClock(), notices: place.told)
        let mine = await none.produce(key, waitingUntil: soon, isEnough: { _ in false }, body: { Self.made("mine") })
        #expect(mine == Self.made("mine"))
        #expect(none.read(key) == nil)
        none.drop(try MadeUp.key())
    }
}

/// The real clock, which opens a gate when somebody sleeps.
private struct OpeningClock: TimeSource {
    let gate: Gate

    func now() -> Timestamp { SkewedClock().now() }
    func uptime() -> Double { SkewedClock().uptime() }
    func sleep(seconds: Double) async {
        gate.open()
        await SkewedClock().sleep(seconds: seconds)
    }
}
