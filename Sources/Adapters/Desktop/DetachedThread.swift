#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A thread of its own for what blocks: the cooperative pool has as many as there are cores, and must not lose one.
enum DetachedThread {
    /// Runs `body` on a new thread that nobody waits for; signals for the process are left to the other threads.
    ///
    /// - Returns: 0, or the error number.
    static func start(_ body: @escaping @Sendable () -> Void) -> Int32 {
        var attributes = pthread_attr_t()
        var code = pthread_attr_init(&attributes)
        guard code == 0 else { return code }
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))

        // The new thread inherits this one's mask.
        var blocked = sigset_t()
        var before = sigset_t()
        sigfillset(&blocked)
        for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT] { sigdelset(&blocked, fault) }
        pthread_sigmask(SIG_SETMASK, &blocked, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

        let work = Unmanaged.passRetained(Work(body))
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        code = pthread_create(
            &thread, &attributes,
            { raw in
                Work.run(raw)
                return nil
            }, work.toOpaque())
        if code != 0 { work.release() }
        return code
    }

    private final class Work {
        private let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }

        /// Takes over the one reference that `start` gave away.
        static func run(_ raw: UnsafeMutableRawPointer?) {
            guard let raw else { return }
            Unmanaged<Work>.fromOpaque(raw).takeRetainedValue().body()
        }
    }
}
