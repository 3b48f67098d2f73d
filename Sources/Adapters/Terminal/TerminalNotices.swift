import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Speaks to the person at /dev/tty, where there is one, since AWS SDKs swallow standard error; else on standard error.
///
/// It only ever writes: the terminal's keys belong to the program that was started with it.
package struct TerminalNotices: Notices {
    /// The notices of this process.
    package init() {}

    package func tell(_ line: String) {
        let terminal = Terminal.open()
        Terminal.write(line + "\n", to: terminal ?? STDERR_FILENO)
        if let terminal { close(terminal) }
    }

    package func warn(_ line: String) {
        Terminal.write("aws-oidc: \(line)\n", to: STDERR_FILENO)
    }
}

/// This process's terminal.
package enum Terminal {
    /// Whether there is one.
    package static var isThere: Bool {
        guard let descriptor = open() else { return false }
        close(descriptor)
        return true
    }

    static func open() -> Int32? {
        #if canImport(Glibc)
            let descriptor = Glibc.open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC)
        #else
            let descriptor = Darwin.open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC)
        #endif
        return descriptor >= 0 ? descriptor : nil
    }

    /// Whether its keys are this process's: in the background they are another program's.
    static func isForeground(_ descriptor: Int32) -> Bool { tcgetpgrp(descriptor) == getpgrp() }

    static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
