#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A terminal that a test sits at.
final class PseudoTerminal: Sendable {
    /// The device, for a child's standard input: it becomes the terminal of that child's session.
    let path: String
    private let master: Int32
    private let slave: Int32

    init() throws {
        #if os(Linux)
            master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
            var locked: Int32 = 0
            var number: UInt32 = 0
            // TIOCSPTLCK and TIOCGPTN, which the headers hide: unlock it, and tell its number.
            guard master >= 0, ioctl(master, 0x4004_5431, &locked) == 0, ioctl(master, 0x8004_5430, &number) == 0
            else { throw NeverHappened(what: "a terminal") }
            path = "/dev/pts/\(number)"
        #else
            master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
            guard master >= 0, grantpt(master) == 0, unlockpt(master) == 0, let name = ptsname(master) else {
                throw NeverHappened(what: "a terminal")
            }
            path = String(cString: name)
        #endif
        // Held open, so that what was written does not go with the last process.
        slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        for descriptor in [master, slave] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
    }

    deinit {
        close(master)
        close(slave)
    }

    /// Presses these keys.
    func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        _ = write(master, bytes, bytes.count)
    }

    /// Presses as many of these keys as are taken now, and tells how many.
    func type(_ keys: ArraySlice<UInt8>) -> Int {
        let keys = Array(keys)
        return max(0, write(master, keys, keys.count))
    }

    /// Its modes, and the keys that mean something to it.
    func settings() throws -> [UInt32] {
        var found = termios()
        guard tcgetattr(slave, &found) == 0 else { throw NeverHappened(what: "a terminal's settings") }
        let keys = withUnsafeBytes(of: found.c_cc) { $0.map(UInt32.init) }
        return [found.c_iflag, found.c_oflag, found.c_cflag, found.c_lflag].map { UInt32(truncatingIfNeeded: $0) }
            + keys
    }

    /// What stands on it since the last look.
    func look() -> String { Self.read(master) }

    /// The lines that were typed and that nobody has read.
    func unreadKeys() -> String { Self.read(slave) }

    private static func read(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = readBytes(descriptor, &bytes, bytes.count)
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    }
}

private func readBytes(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}
