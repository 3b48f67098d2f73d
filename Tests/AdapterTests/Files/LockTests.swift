import Testing

@testable import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Locks")
struct LockTests {
    private let folder = FilesFolder()
    private var path: String { folder.path("KEY.lock") }

    @Test("a lock is had by one at a time, and by the next once it is given back")
    func one() throws {
        var first = try FileLock.take(path)
        #expect(first != nil)
        #expect(try FileLock.take(path) == nil)
        #expect(try FileLock.takeSoon(path, within: 0.01) == nil)
        withExtendedLifetime(first) {}
        first = nil
        // A child that another test starts in this moment holds the lock too, until it executes its program.
        #expect(try FileLock.takeSoon(path, within: 30) != nil)
        #expect(folder.mode("KEY.lock") == 0o600)
    }

    @Test("a lock on a file that somebody has replaced does not keep others from the new one, and is noticed")
    func replaced() throws {
        let old = try #require(try FileLock.take(path))
        unlink(path)
        let new = try #require(try FileLock.take(path))
        #expect(try FileLock.take(path) == nil)
        withExtendedLifetime((old, new)) {}
    }

    @Test("what a holder notes is read by others, and shorter notes leave nothing of longer ones")
    func note() throws {
        #expect(FileLock.note(at: path) == nil)
        let lock = try #require(try FileLock.take(path))
        lock.note("a longer note\n")
        lock.note("short\n")
        #expect(FileLock.note(at: path) == "short\n")
    }

    @Test("what is done once in a while is done by one at a time, and not often, also after a start of the machine")
    func onceInAWhile() {
        var done: [Double] = []
        for uptime in [1000.0, 1001, 1004.9, 1005, 1009, 1011, 3, 4] {
            FileLock.onceInAWhile(path, 5, at: uptime) {
                FileLock.onceInAWhile(path, 0, at: uptime) { Issue.record("two at a time") }
                done.append(uptime)
            }
        }
        #expect(done == [1000, 1005, 1011, 3])
    }

    @Test("a link in the lock's place is no lock, and its target is not made")
    func link() {
        symlink(folder.path("target"), path)
        #expect(throws: FileFailure.self) { try FileLock.take(path) }
        #expect(folder.mode("target") == nil)
    }

    @Test("a pid file of the Go tool counts while its process lives and is called like it")
    func alive() throws {
        let pid = try start("aws-oidc-x")
        defer { stop(pid) }
        try folder.write("KEY.lock", Array("\(pid)\n".utf8))
        #expect(GoLockFile(path: path).holder?.processID == pid)
        try folder.write("KEY.lock", Array("\(pid)".utf8))
        #expect(GoLockFile(path: path).holder?.processID == pid)
    }

    @Test("it does not count once its process has died")
    func dead() throws {
        let pid = try start("aws-oidc-x")
        stop(pid)
        try folder.write("KEY.lock", Array("\(pid)\n".utf8))
        #expect(GoLockFile(path: path).holder == nil)
    }

    @Test("it does not count where its number is another program's")
    func otherName() throws {
        let pid = try start("something")
        defer { stop(pid) }
        try folder.write("KEY.lock", Array("\(pid)\n".utf8))
        #expect(GoLockFile(path: path).holder == nil)
    }

    @Test("it does not count where it is older than the process that has its number now")
    func older() throws {
        let pid = try start("aws-oidc-x")
        defer { stop(pid) }
        try folder.write("KEY.lock", Array("\(pid)\n".utf8))
        var times = [timeval(tv_sec: 1_000_000_000, tv_usec: 0), timeval(tv_sec: 1_000_000_000, tv_usec: 0)]
        utimes(path, &times)
        #expect(GoLockFile(path: path).holder == nil)
    }

    @Test(
        "it does not count where it names this process, no process, or nothing",
        arguments: ["\(getpid())\n", "", "\n", "x", "-1\n", "0\n", "1\n", "99999999999999999999\n"])
    func nothing(_ text: String) throws {
        try folder.write("KEY.lock", Array(text.utf8))
        #expect(GoLockFile(path: path).holder == nil)
    }

    @Test("ours is put in place of one that does not count, and only ours is removed")
    func take() throws {
        try folder.write("KEY.lock", Array("1\n".utf8))
        let lock = GoLockFile(path: path)
        lock.take()
        #expect(folder.bytes("KEY.lock") == Array("\(getpid())\n".utf8))
        #expect(folder.mode("KEY.lock") == 0o600)
        lock.give()
        #expect(folder.names == [])
        try folder.write("KEY.lock", Array("1\n".utf8))
        lock.give()
        #expect(folder.names == ["KEY.lock"])
    }

    /// Starts a program of that name that does nothing.
    private func start(_ name: String) throws -> Int32 {
        let program = folder.path(name)
        try #require(runProgram(["cp", "/bin/sleep", program]) == 0)
        return try #require(startProgram([program, "600"]))
    }

    private func stop(_ pid: Int32) {
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }
}
