import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The process's terminal while a question stands on it: keys come one by one and unseen, and all is undone at the end.
final class RawTerminal {
    private let descriptor: Int32
    private let before: termios
    private var unread: ArraySlice<UInt8> = []

    /// Opens the terminal and makes it raw.
    init() throws(PromptError) {
        let descriptor = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .noTerminal(reason: String(cString: strerror(errno))) }
        var found = termios()
        guard tcgetattr(descriptor, &found) == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw .noTerminal(reason: reason)
        }
        (self.descriptor, before) = (descriptor, found)
        var raw = found
        // Signals from keys are off too: Ctrl-C is read, and undone like any other end.
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        raw.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR)
        restored.arm(descriptor, found)
        tcsetattr(descriptor, TCSADRAIN, &raw)
    }

    deinit {
        var before = before
        tcsetattr(descriptor, TCSADRAIN, &before)
        restored.disarm()
        close(descriptor)
    }

    /// The next key.
    func key() throws(PromptError) -> Key {
        while true {
            if let key = Key.take(&unread, isAll: false) { return key }
            // What has begun and does not go on at once was meant as it is.
            if !unread.isEmpty, !hasMore(within: 50), let key = Key.take(&unread, isAll: true) { return key }
            var bytes = [UInt8](repeating: 0, count: 256)
            let count = systemRead(descriptor, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw .noTerminal(reason: count == 0 ? "it was closed" : String(cString: strerror(errno)))
            }
            unread += bytes[..<count]
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

/// What a signal that ends the process has to undo first.
///
/// Unchecked: written before the handlers are installed and after they are gone, read by them alone.
private final class Restored: @unchecked Sendable {
    private let saved = UnsafeMutablePointer<termios>.allocate(capacity: 1)
    private var descriptor: Int32 = -1
    private var handlers: [(Int32, sigaction)] = []

    func arm(_ descriptor: Int32, _ settings: termios) {
        saved.initialize(to: settings)
        self.descriptor = descriptor
        for number in [SIGTERM, SIGHUP, SIGINT, SIGQUIT] {
            var found = sigaction()
            sigaction(number, nil, &found)
            handlers.append((number, found))
            signal(number) { number in
                restored.undo()
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    func disarm() {
        for (number, found) in handlers {
            var found = found
            sigaction(number, &found, nil)
        }
        (handlers, descriptor) = ([], -1)
    }

    /// Calls only what a signal handler may (signal-safety(7)).
    func undo() {
        guard descriptor >= 0 else { return }
        tcsetattr(descriptor, TCSANOW, saved)
        write(descriptor, "\u{1B}[?25h\n", 7)
    }
}

private let restored = Restored()

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}
private func systemPoll(_ entry: UnsafeMutablePointer<pollfd>, _ milliseconds: Int32) -> Int32 {
    poll(entry, 1, milliseconds)
}
