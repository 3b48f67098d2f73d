import Locking

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes lines to a descriptor on a thread of its own, so that a reader who is stuck holds nobody up.
///
/// What does not fit any more is dropped, and once there is room again it is told how much that was.
package final class LineWriter: Sendable {
    private struct State: Sendable {
        var pending: [UInt8] = []
        var dropped = 0
        var isWriting = false
        var isClosed = false
    }

    /// Bytes that may wait to be written.
    private static let capacity = 4 << 20

    private let descriptor: Int32
    private let state = Guarded(State())

    /// A writer to that descriptor, which stays open as long as the process lives.
    ///
    /// - Parameter gathering: seconds that a line waits for others, so that many cost one write and one wakeup.
    package init(_ descriptor: Int32, gathering: Double = 0) {
        self.descriptor = descriptor
        let state = state
        let descriptor = descriptor
        DetachedLines.start { Self.run(descriptor, state, gathering) }
    }

    deinit {
        state.with { $0.isClosed = true }
    }

    /// Writes a line; its end is added.
    package func write(_ line: [UInt8]) {
        state.with { state in
            guard state.pending.count + line.count < Self.capacity else {
                state.dropped += 1
                return
            }
            state.pending += line
            state.pending.append(UInt8(ascii: "\n"))
        }
    }

    /// Waits until all is written, or nobody seems to read it.
    package func flush(seconds: Double = 2) {
        state.wait(seconds: seconds) { $0.pending.isEmpty && !$0.isWriting }
    }

    private static func run(_ descriptor: Int32, _ state: Guarded<State>, _ gathering: Double) {
        while true {
            state.wait { !$0.pending.isEmpty || $0.isClosed }
            // On a thread of its own: what comes meanwhile goes into the same write.
            if gathering > 0 { usleep(UInt32(gathering * 1e6)) }
            let (bytes, dropped) = state.with { state in
                let taken = (state.pending, state.dropped)
                state.pending = []
                state.dropped = 0
                state.isWriting = !taken.0.isEmpty
                return taken
            }
            if bytes.isEmpty { return }
            var isOpen = write(bytes, descriptor)
            if isOpen, dropped > 0 {
                let line = "{\"level\":\"warning\",\"msg\":\"\(dropped) lines of the log were dropped\"}\n"
                isOpen = write(Array(line.utf8), descriptor)
            }
            state.with { $0.isWriting = false }
        }
    }

    /// A descriptor that nobody reads, or that is full, is no reason to end.
    private static func write(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            #if canImport(Glibc)
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            #else
                let count = rest.withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
            #endif
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0, errno == EAGAIN {
                var look = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&look, 1, 1000)
            } else if count < 0, errno == EINTR {
                continue
            } else {
                return false
            }
        }
        return true
    }
}

/// A thread that nobody waits for.
private enum DetachedLines {
    private final class Job: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    static func start(_ body: @escaping @Sendable () -> Void) {
        let job = Unmanaged.passRetained(Job(body))
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let code = pthread_create(
            &thread, nil,
            { owner in
                DetachedLines.run(owner)
                return nil
            }, job.toOpaque())
        if code != 0 { job.release() }
    }

    private static func run(_ owner: UnsafeMutableRawPointer?) {
        guard let owner else { return }
        pthread_detach(pthread_self())
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        Unmanaged<Job>.fromOpaque(owner).takeRetainedValue().body()
    }
}
