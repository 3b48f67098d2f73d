#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A thread of its own for a call that blocks.
///
/// Not a queue's: Dispatch has 255 threads in all, and each server here holds one. When as many clients wait for servers that
/// get no thread any more, nothing goes on for ever.
enum BlockingThread {
    /// Runs `body` on a new thread; where none can be had, on this one.
    static func run(_ body: @escaping @Sendable () -> Void) {
        let work = Unmanaged.passRetained(Work(body: body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let code = pthread_create(
            &thread, &attributes,
            { raw in
                Work.run(raw)
                return nil
            }, work.toOpaque())
        if code != 0 { work.takeRetainedValue().body() }
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(body: @escaping @Sendable () -> Void) { self.body = body }

        static func run(_ raw: UnsafeMutableRawPointer?) {
            guard let raw else { return }
            Unmanaged<Work>.fromOpaque(raw).takeRetainedValue().body()
        }
    }
}
