import Domain
import Ports
import StoreProbe
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Hosts in small: a folder of its own each, one that all share, and real processes, each with its servant.
@Suite("Node-local storage among processes", .serialized)
struct NodeLocalProcesses {
    let key: TokenKey
    let workspace = Workspace()
    init() throws { key = try MadeUp.key() }

    private func host(_ name: String) -> Place { Place(.nodeLocal, folder: workspace.path(name), workspace: workspace) }
    private var shared: Place { Place(.file, folder: workspace.path("shared"), workspace: workspace) }
    private var servants: String { workspace.path("servants") }

    /// The servants that have been started so far.
    private func servantIDs() -> [Int32] { OnDisk.lines(servants).compactMap { Int32($0) } }

    private func wait(until holds: () -> Bool) async throws {
        // Nothing tells of the end of a process that is not a child of this one.
        for _ in 0..<10_000 where !holds() { try await Task.sleep(nanoseconds: 1_000_000) }
        #expect(holds(), "it never happened")
    }

    private func isAlive(_ pid: Int32) -> Bool { kill(pid, 0) == 0 }

    @Test("of 2 hosts with 8 processes each one process exchanges, and all get what it made")
    func singleFlight() async throws {
        let log = workspace.path("productions")
        let all = try (0..<16).map { try host("host\($0 % 2)").probe("produce", "log=\(log)", "reserve") }
        var answers: Set<String> = []
        for one in all { answers.insert(await one.rest()) }
        #expect(OnDisk.lines(log).count == 1)
        #expect(answers == Set(OnDisk.lines(log).map { "access-\($0) refresh-\($0)" }))
    }

    @Test("live tokens that a host has made are handed out there without a servant being started")
    func noServant() async throws {
        let made = try host("a").probe("produce", "token=one", "servant=\(servants)")
        #expect(await made.rest() == "access-one refresh-one")
        #expect(servantIDs().count == 1)
        for command in ["read", "produce"] {
            #expect(await (try host("a").probe(command, "servant=\(servants)")).rest() == "access-one refresh-one")
        }
        #expect(servantIDs().count == 1)
    }

    @Test("a producer that is killed takes its servant with it, and another host takes over")
    func killed() async throws {
        let first = try host("a").probe("produce", "hold", "servant=\(servants)")
        #expect(await first.line() == "in body")
        let second = try host("b").probe("produce", "token=second")
        first.signal(SIGKILL)
        #expect(await second.rest() == "access-second refresh-second")
        let servant = try #require(servantIDs().first)
        try await wait { !isAlive(servant) }
    }

    @Test("Who waits on a host for one that waits for another host's sign-in waits as long as that may take")
    func behindSignIn() async throws {
        let signIn = try host("b").probe("produce", "hold", "purpose=sign-in", "token=signed-in")
        #expect(await signIn.line() == "in body")
        let first = try host("a").probe("produce")
        let place = host("a")
        let right = place.record(key) + ".right"
        try await wait { OnDisk.bytes(right).map { String(decoding: $0, as: UTF8.self).contains("sign-in") } ?? false }
        let error = await #expect(throws: TokenStoreError.self) {
            try await place.store(JumpingClock()).publish(TokenStoreContract.live("mine"), key)
        }
        guard case .waitedTooLong(330, let holder) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(holder?.processID == first.pid)
        signIn.goOn()
        #expect(await signIn.rest() == "access-signed-in refresh-signed-in")
        #expect(await first.rest() == "access-signed-in refresh-signed-in")
    }

    /// Hosts whose shared folder is kept as on a network file system, with a record in it that is over.
    private func overNetwork(_ names: String...) async throws -> [Place] {
        let hosts = names.map { Place(.nodeLocalNFS, folder: workspace.path($0), workspace: workspace) }
        let shared = Place(.nfs, folder: workspace.path("shared"), workspace: workspace)
        try await shared.store().publish(TokenStoreContract.over("old"), key)
        return hosts
    }

    @Test("a refresh token that was about to be sent by a producer that is killed is sent once more by another host")
    func killedWhileSending() async throws {
        let hosts = try await overNetwork("a", "b", "c")
        for host in hosts[..<2] {
            let log = workspace.path("servants-\(host.folder.hashValue)")
            let sender = try host.probe("produce", "spend", "hold", "servant=\(log)")
            #expect(await sender.line() == "spends refresh-old")
            #expect(await sender.line() == "in body")
            sender.signal(SIGKILL)
            let servant = try #require(OnDisk.lines(log).compactMap { Int32($0) }.first)
            try await wait { !isAlive(servant) }
        }
        let third = try hosts[2].probe("produce", "spend", "token=new")
        #expect(await third.line() == "spent already refresh-old", "once more, and no more")
        #expect(await third.rest() == "access-new refresh-new")
    }

    @Test("a refresh token that a producer may send, which goes on alone, is sent by no other host")
    func aloneWhileSending() async throws {
        let hosts = try await overNetwork("a", "b")
        let sender = try hosts[0].probe("produce", "spend", "hold-before", "checkpoint=rotated", "servant=\(servants)")
        #expect(await sender.line() == "spends refresh-old")
        #expect(await sender.line() == "in body")
        let servant = try #require(servantIDs().first)
        kill(servant, SIGSTOP)
        sender.goOn()
        _ = await sender.rest()
        kill(servant, SIGCONT)
        try await wait { !isAlive(servant) }
        #expect(await (try hosts[1].probe("produce", "spend", "token=new")).line() == "spent already refresh-old")
    }

    @Test("a servant that stands still does not stop its host: what it makes is published at the next contact")
    func stands() async throws {
        try await shared.store().publish(TokenStoreContract.over("old"), key)
        let first = try host("a").probe(
            "produce", "hold-before", "checkpoint=rotated", "token=alone", "servant=\(servants)")
        #expect(await first.line() == "in body")
        let servant = try #require(servantIDs().first)
        kill(servant, SIGSTOP)
        first.goOn()
        #expect(await first.rest() == "access-alone refresh-alone")
        #expect(try shared.store().read(key)?.tokens.access == "access-old")
        kill(servant, SIGCONT)
        try await wait { !isAlive(servant) }
        #expect(await (try host("a").probe("read")).rest() == "access-alone refresh-alone")
        _ = await (try host("a").probe("produce", "force", "fail")).rest()
        #expect(await (try host("b").probe("read")).rest() == "access-alone refresh-alone")
    }

    @Test("a servant that is killed does not stop its host either")
    func servantKilled() async throws {
        let first = try host("a").probe("produce", "hold", "token=alone", "servant=\(servants)")
        #expect(await first.line() == "in body")
        kill(try #require(servantIDs().first), SIGKILL)
        first.goOn()
        #expect(await first.rest() == "access-alone refresh-alone")
        #expect(await (try host("a").probe("read")).rest() == "access-alone refresh-alone")
    }
}
