import Ports
import Testing

@testable import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite struct ProcessIdentityTests {
    @Test("This process is alive, is found by its number, and belongs to this user")
    func current() {
        let current = ProcessIdentity.current
        #expect(current.pid == getpid())
        #expect(current.startTime > 0)
        #expect(current.isAlive)
        #expect(ProcessIdentity.of(pid: getpid()) == current)
        #expect(ProcessIdentity.ownerUID(of: getpid()) == geteuid())
        #expect(ProcessIdentity.name(of: getpid())?.isEmpty == false)
    }

    @Test("A process of the same number that started at another time is another process")
    func reusedNumber() {
        let current = ProcessIdentity.current
        #expect(!ProcessIdentity(pid: current.pid, startTime: current.startTime + 1).isAlive)
    }

    @Test(
        "A process counts as ended only on its own host, whatever else two hosts have in common",
        arguments: [true, false])
    func census(isSameHost: Bool) {
        let (census, other) = (HostCensus(hostName: "a"), HostCensus(hostName: isSameHost ? "a" : "b"))
        let current = other.current
        let stamp = ProcessStamp(
            host: current.host, bootID: current.bootID, pidNamespace: current.pidNamespace, processID: Int32.max,
            startTime: 1)
        #expect(census.hasEnded(stamp) == isSameHost)
    }

    @Test("A number that no process has is nobody's", arguments: [0, -1, -7, Int32.max, Int32.min])
    func nobody(pid: Int32) {
        #expect(ProcessIdentity.of(pid: pid) == nil)
        #expect(!ProcessIdentity(pid: pid, startTime: 0).isAlive)
        #expect(ProcessIdentity.name(of: pid) == nil)
        #expect(ProcessIdentity.ownerUID(of: pid) == nil)
    }

    @Test(
        "A child is alive until it is killed; not while its exit status waits, and not after", .timeLimit(.minutes(1)))
    func child() throws {
        let child = try sleeper()
        let identity = try #require(ProcessIdentity.of(pid: child))
        #expect(identity.isAlive)
        #expect(identity != .current)

        kill(child, SIGKILL)
        // Waits for its end, and leaves its exit status where it is.
        var ended = siginfo_t()
        while waitid(P_PID, id_t(child), &ended, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        #expect(kill(child, 0) == 0, "its number must still be taken here")
        #expect(!identity.isAlive)
        #expect(ProcessIdentity.of(pid: child) == nil)

        while waitpid(child, nil, 0) < 0, errno == EINTR {}
        #expect(!identity.isAlive)
    }

    @Test("Process 1 is alive, whoever it belongs to")
    func initialProcess() throws {
        #expect(try #require(ProcessIdentity.of(pid: 1)).isAlive)
    }

    #if os(Linux)
        @Test(
            "The name in /proc/PID/stat may hold blanks, parentheses and letters that look like a state",
            arguments: ["sh", "a b", ") Z 1", "((", ") R 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 9 9"])
        func oddNames(name: String) {
            let fields = (4...52).map { $0 == 22 ? "4711" : "0" }.joined(separator: " ")
            #expect(ProcessTable.parse("12 (\(name)) S \(fields)\n") == .init(startTime: 4711, hasEnded: false))
            #expect(ProcessTable.parse("12 (\(name)) Z \(fields)\n") == .init(startTime: 4711, hasEnded: true))
        }

        @Test(
            "What is no line of /proc/PID/stat is nothing",
            arguments: ["", "12", "12 (sh)", "12 (sh) S 1 2 3", "12 (sh S"])
        func damaged(line: String) {
            #expect(ProcessTable.parse(line) == nil)
        }
    #endif

    private func sleeper() throws -> pid_t {
        var pid: pid_t = 0
        let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("600"), nil]
        defer { for text in arguments { free(text) } }
        let code = posix_spawn(&pid, "/bin/sleep", nil, nil, arguments, [nil])
        try #require(code == 0)
        return pid
    }
}
