import Locking

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The three descriptors that every process expects to have, and the signals that go with them.
enum StandardStreams {
    /// The signals that `prepare` found with their default action, and ignores.
    private static let ignored = Guarded<[Int32]>([])

    /// Fills those that our starter closed, so that no file that is opened later gets their numbers and is written to by mistake.
    ///
    /// A closed standard output becomes one that refuses to be written to, so that the failure is told. A pipe that nobody
    /// reads any more is an error like any other, no signal; and a terminal whose foreground is another program's may be
    /// written to without this one being stopped.
    static func prepare() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is the one that is missing.
            _ = open("/dev/null", (descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC)
        }
        // A signal's default action is a null function, which Swift sees as none.
        let found = [SIGPIPE, SIGTTOU].filter { signal($0, SIG_IGN).map { _ in false } ?? true }
        ignored.with { $0 = found }
    }

    /// Gives the signals back their action, for a program that takes this one's place.
    ///
    /// The descriptors that were filled close by themselves: it finds open what our starter opened.
    static func restore() {
        for number in ignored.with({ $0 }) { signal(number, SIG_DFL) }
    }
}

/// Standard output and standard error.
enum Output {
    /// Whether standard output is a terminal.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Prints what the command is for; false, with a line on standard error, where it could not be printed whole.
    static func print(_ text: String) -> Bool {
        guard let problem = write(text, to: STDOUT_FILENO) else { return true }
        complain("aws-oidc: standard output can't be written: \(problem). Run it with its output open.")
        return false
    }

    /// Prints a line on standard error.
    static func complain(_ line: String) {
        _ = write(line + "\n", to: STDERR_FILENO)
    }

    private static func write(_ text: String, to descriptor: Int32) -> String? {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return String(cString: strerror(errno)) }
            rest = rest.dropFirst(count)
        }
        return nil
    }
}

/// Ends the process without running what libraries registered for exit: a transfer under way must not find its library gone.
func end(with code: Int32) -> Never {
    _exit(code)
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
