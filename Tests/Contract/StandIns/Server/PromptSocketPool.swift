import FlyingFox
import FlyingSocks

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The default pool, whose sockets send small writes at once and are not inherited by the processes that a test starts.
///
/// Without the first, an answer's head and body, written apart, meet Nagle's algorithm and the client's delayed
/// acknowledgement: 40 ms for each. FlyingFox shows a socket to nobody but its pool, so that is where it is done;
/// accepted sockets have the first from the one that listens.
struct PromptSocketPool: AsyncSocketPool {
    private let pool: any AsyncSocketPool = HTTPServer.defaultPool()

    func prepare() async throws {
        try await pool.prepare()
    }

    func run() async throws {
        try await pool.run()
    }

    func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
        let file = socket.file.rawValue
        if fcntl(file, F_GETFD) & FD_CLOEXEC == 0 {
            _ = fcntl(file, F_SETFD, FD_CLOEXEC)
            var on: Int32 = 1
            setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        try await pool.suspendSocket(socket, untilReadyFor: events)
    }
}
