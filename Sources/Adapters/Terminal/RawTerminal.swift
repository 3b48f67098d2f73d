import CLibrary
import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The process's terminal while a question stands on it: keys come one by one and unseen, and all is undone at the end.
final class RawTerminal {
    private let descriptor: Int32
    private var unread: ArraySlice<UInt8> = []

    /// For how long it is waited before it is looked whether this process was stopped meanwhile, in milliseconds.
    private static let patience: Int32 = 200
    /// How often it asks to be brought to the foreground.
    private static let requests = 3

    /// Opens the terminal and makes it raw.
    init() throws(PromptError) {
        descriptor = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .noTerminal(reason: String(cString: strerror(errno))) }
        // What was typed before the question stood there answers something else.
        if Terminal.isForeground(descriptor) { tcflush(descriptor, TCIFLUSH) }
        try take()
    }

    deinit {
        if descriptor >= 0 {
            aws_oidc_terminal_give()
            close(descriptor)
        }
    }

    /// The next key.
    func key() throws(PromptError) -> Key {
        while true {
            if let key = Key.take(&unread, isAll: false) ?? pausedKey() {
                if key != .suspend { return key }
                // As the terminal would have done it, to all that it would have done it to; not where no shell could
                // bring this process back.
                if getsid(0) != getpid() { kill(0, SIGTSTP) }
            }
            guard aws_oidc_terminal_is_taken() != 0 else {
                try take()
                return .resumed
            }
            try read()
        }
    }

    /// What has begun and does not go on at once was meant as it is.
    private func pausedKey() -> Key? {
        unread.isEmpty || hasMore(within: 50) ? nil : Key.take(&unread, isAll: true)
    }

    /// Reads what has been typed, if anything.
    private func read() throws(PromptError) {
        guard hasMore(within: Self.patience) else { return }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = systemRead(descriptor, &bytes, bytes.count)
        if count < 0, errno == EINTR { return }
        guard count > 0 else {
            // Stopped and brought back between two looks, it has a terminal without a key.
            if count == 0, aws_oidc_terminal_is_taken() == 0 { return }
            throw .noTerminal(reason: count == 0 ? "it was closed" : String(cString: strerror(errno)))
        }
        unread += bytes[..<count]
    }

    /// Takes the terminal's keys, once they are this process's: in the background it stops, as whoever reads there does.
    private func take() throws(PromptError) {
        for _ in 0..<Self.requests where !Terminal.isForeground(descriptor) {
            aws_oidc_terminal_await()
        }
        guard Terminal.isForeground(descriptor) else {
            throw .noTerminal(reason: "another program is in its foreground; bring this one there (fg)")
        }
        guard aws_oidc_terminal_take(descriptor, 1) == 0 else {
            throw .noTerminal(reason: String(cString: strerror(errno)))
        }
    }

    func write(_ text: String) { Terminal.write(text, to: descriptor) }

    /// Columns and rows; 80 and 24 where the terminal does not tell.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    private func hasMore(within milliseconds: Int32) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return systemPoll(&poll, milliseconds) > 0
    }
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}
private func systemPoll(_ entry: UnsafeMutablePointer<pollfd>, _ milliseconds: Int32) -> Int32 {
    poll(entry, 1, milliseconds)
}
