#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Standard output and standard error.
enum Output {
    /// Makes a pipe that nobody reads any more an error like any other, and fills the descriptors that our starter closed.
    static func prepare() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is the one that is missing.
            _ = open("/dev/null", (descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC)
        }
        signal(SIGPIPE, SIG_IGN)
    }

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
