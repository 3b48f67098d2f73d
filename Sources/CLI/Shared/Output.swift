#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Standard output and standard error.
package enum Output {
    /// Whether standard output is a terminal.
    package static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Prints what the command is for; false, with a line on standard error, where it could not be printed whole.
    ///
    /// Of a pipe that nobody reads any more there is nothing to say: `| head -1` has what it wants.
    package static func print(_ text: String) -> Bool {
        guard let code = write(text, to: STDOUT_FILENO) else { return true }
        if code != EPIPE {
            let problem = String(cString: strerror(code))
            let remedy = code == EBADF ? "Run it with its output open" : "Send its output elsewhere"
            complain("aws-oidc: standard output can't be written: \(problem). \(remedy).")
        }
        return false
    }

    /// Prints a line on standard error.
    package static func complain(_ line: String) {
        _ = write(line + "\n", to: STDERR_FILENO)
    }

    private static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return errno }
            rest = rest.dropFirst(count)
        }
        return nil
    }
}

/// Ends the process without running what libraries registered for exit: a transfer under way must not find its library gone.
package func end(with code: Int32) -> Never {
    _exit(code)
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
