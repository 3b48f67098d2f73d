import Foundation
import Testing

@testable import Desktop

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite(.timeLimit(.minutes(1))) struct ProcessStarterTests {
    @Test("A started process holds nothing of ours: no descriptor, no session, no signal setting")
    func holdsNothing() async throws {
        let report = try ProcessReport()
        #expect(fcntl(InheritableDescriptor.number, F_GETFD) == 0, "open here, and inheritable")
        let pid = try withUnusualSignals {
            try ProcessStarter().startDetached(
                executable: "/bin/sh", arguments: ["-c", report.script, "one", "two words", ""],
                environment: ["PATH": "/usr/bin:/bin", "COLOUR": "green"])
        }
        let lines = await report.lines()
        #expect(lines.filter { $0.hasPrefix("word=") } == ["word=one", "word=two words", "word="])
        for n in 0...2 { #expect(lines.contains("stream\(n)=/dev/null")) }
        // `ls` in a substitution: its streams, and the folder that it reads.
        #expect(lines.contains("descriptors=0 1 2 3 "), "\(lines)")
        #expect(lines.contains("session=\(pid)"))
        #expect(lines.contains("pid=\(pid)"))
        #expect(lines.contains("blocked=0000000000000000"))
        // Above 31 are signals that the C library keeps for itself; it ignores two of them in every child.
        let ignored = try #require(lines.first { $0.hasPrefix("ignored=") }).dropFirst(8)
        #expect(try #require(UInt64(ignored, radix: 16)) & 0x7fff_ffff == 0)
        // Paths in its environment may be relative to it.
        #expect(lines.contains("folder=\(FileManager.default.currentDirectoryPath)"))
        #expect(lines.contains("colour=green"))
        let mask = umask(0)
        umask(mask)
        let octal = String(mask, radix: 8)
        #expect(lines.contains("umask=" + String(repeating: "0", count: 4 - octal.count) + octal))
    }

    @Test(
        "Descriptors are closed whatever the C library offers for it, and ours stay open",
        arguments: Spawn.Closing.allCases)
    func closing(way: Spawn.Closing) async throws {
        let report = try ProcessReport()
        #expect(fcntl(InheritableDescriptor.number, F_GETFD) == 0, "open here, and inheritable")
        _ = try Spawn.detached(
            "/bin/sh", ["-c", report.script], environment: ["PATH": "/usr/bin:/bin"], closing: way)
        #expect(await report.lines().contains("descriptors=0 1 2 3 "))
        #expect(fcntl(InheritableDescriptor.number, F_GETFD) == 0, "still open here, and still inheritable")
    }

    @Test("A started process that ends is waited for")
    func reaped() async throws {
        let pid = try ProcessStarter().startDetached(
            executable: "/bin/sh", arguments: ["-c", "exit 3"], environment: [:])
        var ended = siginfo_t()
        // Succeeds while it runs or is a zombie; ECHILD once somebody has waited for it.
        while waitid(P_PID, id_t(pid), &ended, WEXITED | WNOWAIT) == 0 { await Task.yield() }
        #expect(errno == ECHILD)
    }

    @Test(
        "A program that can't be started is an error at once", arguments: ["/nowhere/program", "/etc/passwd", "/", ""])
    func notStarted(executable: String) {
        #expect(throws: ProcessStartError.self) {
            try ProcessStarter().startDetached(executable: executable, arguments: [], environment: [:])
        }
    }

    @Test("A text that C would cut short is refused")
    func nul() {
        let refusal = ProcessStartError.notStarted(executable: "/bin/sh", reason: SystemError(code: EINVAL).reason)
        #expect(throws: refusal) {
            try ProcessStarter().startDetached(executable: "/bin/sh", arguments: ["-c", "exit\u{0}"], environment: [:])
        }
        #expect(throws: refusal) {
            try ProcessStarter().startDetached(executable: "/bin/sh", arguments: [], environment: ["A": "\u{0}"])
        }
    }

    @Test("The error names the program and the cause in one line")
    func description() {
        let error = ProcessStartError.notStarted(executable: "/a\nb", reason: "No such file or directory")
        #expect(
            "\(error)"
                == "/a b could not be started: No such file or directory. Check that it is there and may be executed.")
    }

    /// Blocks one signal and ignores another while `body` runs.
    private func withUnusualSignals<Result>(_ body: () throws -> Result) rethrows -> Result {
        var blocked = sigset_t()
        var before = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGUSR1)
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        let action = signal(SIGUSR2, SIG_IGN)
        defer {
            signal(SIGUSR2, action)
            pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        return try body()
    }
}
