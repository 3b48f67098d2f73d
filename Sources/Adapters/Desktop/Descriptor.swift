#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An open descriptor that is closed with its last owner.
final class Descriptor: Sendable {
    /// Its number, valid as long as this object lives.
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    /// Makes it close in children and never block; for systems that can't say so when it is made.
    func harden() {
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    }

    /// Another number of the same, which closes in children and has no owner yet.
    func duplicate() throws(SystemError) -> Int32 { try Self.duplicate(number) }

    /// Another number of what has that one, which stays open.
    static func copy(of number: Int32) throws(SystemError) -> Descriptor { Descriptor(try duplicate(number)) }

    private static func duplicate(_ number: Int32) throws(SystemError) -> Int32 {
        let other = fcntl(number, F_DUPFD_CLOEXEC, 3)
        guard other >= 0 else { throw .latest }
        return other
    }
}

/// Two connected sockets: one for us, one for a process that we start.
struct SocketPair: Sendable {
    let ours: Descriptor
    let theirs: Descriptor

    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        #if os(Linux)
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .latest }
        (ours, theirs) = (Descriptor(ends[0]), Descriptor(ends[1]))
        #if !os(Linux)
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #endif
    }
}

/// Two connected sockets whose only message is that there is something to look at: it ends a `poll`.
struct WakePipe: Sendable {
    /// What to poll for POLLIN.
    let reading: Descriptor
    private let writing: Descriptor

    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        #if os(Linux)
            // Sockets, because these flags hold from the start, which POSIX's own `pipe` can't.
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .latest }
        reading = Descriptor(ends[0])
        writing = Descriptor(ends[1])
        #if !os(Linux)
            reading.harden()
            writing.harden()
        #endif
    }

    /// Wakes the poller; a full pipe wakes it anyway.
    func wake() {
        var byte: UInt8 = 0
        _ = write(writing.number, &byte, 1)
    }

    /// Takes all wakes at once.
    func clear() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(reading.number, &bytes, bytes.count) > 0 {}
    }
}
