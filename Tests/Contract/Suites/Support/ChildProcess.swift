import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A process that a test starts, talks to by lines, stops and kills; it does not outlive its last owner.
final class ChildProcess: Sendable {
    let pid: Int32
    private let input: Int32
    private let output: Int32
    private let unread = Shared([UInt8]())
    private let ended = Shared(Int32?.none)
    private static let starting = DispatchSemaphore(value: 1)

    /// The executable of that name beside the test bundle.
    static func product(_ name: String) -> String {
        let bundle = CommandLine.arguments[0]
        return (bundle.lastIndex(of: "/").map { String(bundle[...$0]) } ?? "./") + name
    }

    init(_ words: [String]) throws {
        // One at a time: a child must not inherit the pipes of one that is started in the same moment.
        Self.starting.wait()
        defer { Self.starting.signal() }
        let (forInput, forOutput) = try (Self.pipe(), Self.pipe())
        input = forInput.write
        output = forOutput.read
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, forInput.read, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, forOutput.write, STDOUT_FILENO)
        // Nothing else of this process: a socket or a lock that another test has closed must not live on in a child.
        if let closeFrom = Self.closeFrom { _ = closeFrom(&actions, 3) }
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var environment = variables()
        defer { for variable in environment { free(variable) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, words[0], &actions, nil, &arguments, &environment)
        close(forInput.read)
        close(forOutput.write)
        guard code == 0 else { throw Failure(words: words, code: code) }
        self.pid = pid
    }

    deinit {
        close(input)
        close(output)
        if ended.value == nil {
            kill(pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
    }

    struct Failure: Error {
        let words: [String]
        let code: Int32
    }

    /// The next line of its standard output; nil at the end of it.
    func line() async -> String? {
        await Self.elsewhere { self.nextLine() }
    }

    /// All that is left of its standard output, without the last line end.
    func rest() async -> String {
        await Self.elsewhere {
            var lines: [String] = []
            while let line = self.nextLine() { lines.append(line) }
            return lines.joined(separator: "\n")
        }
    }

    /// Lets one that waits for its standard input go on.
    func goOn() {
        _ = systemWrite(input, "\n", 1)
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for its end; gives the exit code, or minus the signal that ended it.
    func end() async -> Int32 {
        await Self.elsewhere {
            if let code = self.ended.value { return code }
            var status: Int32 = 0
            while waitpid(self.pid, &status, 0) < 0, errno == EINTR {}
            let code = status & 0x7f == 0 ? (status >> 8) & 0xff : -(status & 0x7f)
            self.ended.change { $0 = code }
            return code
        }
    }

    private func nextLine() -> String? {
        while true {
            let line: String? = unread.change { unread in
                guard let end = unread.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
                defer { unread.removeSubrange(...end) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            if let line { return line }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = read(output, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            unread.change { $0 += chunk[..<count] }
        }
    }

    /// Runs what blocks on a thread that no task needs.
    private static func elsewhere<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            // A queue of its own each: they must not wait for each other.
            DispatchQueue(label: "child").async { continuation.resume(returning: body()) }
        }
    }

    /// posix_spawn_file_actions_addclosefrom_np, where the C library has it; its headers hide it.
    private static let closeFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map {
        unsafeBitCast(
            $0,
            to: (@convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32).self)
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard systemPipe(&ends) == 0 else { throw Failure(words: ["pipe"], code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

/// The variables that a child gets: enough to find programs.
private func variables() -> [UnsafeMutablePointer<CChar>?] {
    var variables: [UnsafeMutablePointer<CChar>?] = []
    for name in ["PATH", "HOME", "LD_LIBRARY_PATH"] {
        if let value = getenv(name) { variables.append(strdup("\(name)=" + String(cString: value))) }
    }
    return variables + [nil]
}

private func systemPipe(_ ends: inout [Int32]) -> Int32 { pipe(&ends) }

private func systemWrite(_ descriptor: Int32, _ text: String, _ count: Int) -> Int {
    write(descriptor, text, count)
}
