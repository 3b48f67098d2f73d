import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where one of a child's standard streams leads.
enum ChildStream: Sendable {
    /// It is not open at all.
    case closed
    /// A file of the run, read when the child has ended; for standard input nothing to be read.
    case ordinary
    /// That file or device; a terminal becomes the child's own.
    case path(String)
    /// A descriptor of ours.
    case descriptor(Int32)
}

/// A running program: in a session of its own, so without a terminal unless it is given one, and with nothing else of ours.
struct Child: Sendable {
    let pid: pid_t
    private let output: String
    private let errors: String
    private let end: Task<Int32, Never>

    /// How a program ended, and what it said.
    struct Ended: Sendable {
        /// The exit code; 128 and the signal's number where a signal ended it.
        let code: Int32
        let output: String
        let errors: String

        /// What it said on standard error, by line.
        var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
    }

    /// The program did not end in time, and was killed.
    struct Hung: Error, CustomStringConvertible {
        let seconds: Double
        let output: String
        let errors: String

        var description: String { "no end after \(seconds) s; standard output: \(output); standard error: \(errors)" }
    }

    /// Starts the program whose path comes first.
    init(
        _ words: [String], environment: [String: String], folder: String, name: String,
        input: ChildStream = .ordinary, output: ChildStream = .ordinary, errors: ChildStream = .ordinary
    ) throws {
        self.output = "\(folder)/\(name).stdout"
        self.errors = "\(folder)/\(name).stderr"
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        let streams = [(input, "/dev/null"), (output, self.output), (errors, self.errors)]
        for (number, (stream, file)) in streams.enumerated() {
            let number = Int32(number)
            switch stream {
            case .closed: posix_spawn_file_actions_addclose(&actions, number)
            case .ordinary:
                let mode = number == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC
                posix_spawn_file_actions_addopen(&actions, number, file, mode, 0o600)
            case .path(let path): posix_spawn_file_actions_addopen(&actions, number, path, O_RDWR, 0)
            case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, number)
            }
        }
        if let closeFrom = Self.closeFrom { _ = closeFrom(&actions, 3) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        for fixed in [SIGKILL, SIGSTOP] { sigdelset(&all, fixed) }
        posix_spawnattr_setsigdefault(&attributes, &all)
        // 0x80 is POSIX_SPAWN_SETSID, which the headers hide.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | 0x80)

        let arguments = words.map { strdup($0) }
        let settings = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { for text in arguments + settings { free(text) } }
        var pid: pid_t = 0
        var code = ETXTBSY
        // A script that was just written stays open for a moment in what another test starts beside this, and nothing
        // tells when it is closed.
        for _ in 0..<10_000 where code == ETXTBSY {
            code = posix_spawn(&pid, words[0], &actions, &attributes, arguments + [nil], settings + [nil])
            if code == ETXTBSY { usleep(1000) }
        }
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EINVAL) }
        self.pid = pid
        end = Task.detached { [pid] in
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    var status: Int32 = 0
                    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
                    let signal = status & 0x7f
                    continuation.resume(returning: signal == 0 ? (status >> 8) & 0xff : 128 + signal)
                }
            }
        }
    }

    /// Waits for its end; one that takes longer than that is killed, with its whole session, and is an error.
    func ended(within seconds: Double = 90) async throws -> Ended {
        let limit = Task { [pid] in
            // Only a limit: what is waited for is the end, which cancels this.
            try await Task.sleep(for: .seconds(seconds))
            _ = endSession(pid)
            return true
        }
        let code = await end.value
        limit.cancel()
        if (try? await limit.value) == true {
            throw Hung(seconds: seconds, output: Self.text(output), errors: Self.text(errors))
        }
        return Ended(code: code, output: Self.text(output), errors: Self.text(errors))
    }

    /// What it has written to standard error so far.
    var errorsSoFar: String { Self.text(errors) }

    /// Whether it has not ended yet.
    var isRunning: Bool { kill(pid, 0) == 0 }

    /// Sends it a signal, and to nobody else.
    func signal(_ number: Int32) {
        kill(pid, number)
    }

    private static func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private typealias CloseFrom =
        @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
    /// The headers hide it; its type is that of the manual page.
    private static let closeFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map {
        unsafeBitCast($0, to: CloseFrom.self)
    }
}

/// Ends a process and all that its session still holds in its process group.
private func endSession(_ pid: pid_t) -> Int32 {
    kill(-pid, SIGKILL)
}
