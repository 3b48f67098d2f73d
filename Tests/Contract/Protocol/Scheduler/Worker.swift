import Locking

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A thread of a simulation, which runs only while it has the baton.
///
/// `@unchecked Sendable`: `orders` is guarded, and `thread` is written once, by the thread itself before it has the baton.
final class Worker: @unchecked Sendable {
    /// What it is to do next.
    enum Order: Sendable {
        /// Go on: with the call that it is in, or by looking for work.
        case goOn
        /// Run this job.
        case run(UnownedJob, SimulatedProcess)
        /// End.
        case stop
    }

    private let orders = Guarded<Order?>(nil)
    private let main: @Sendable (Worker) -> Void
    private(set) var thread: pthread_t?

    init(_ main: @escaping @Sendable (Worker) -> Void) {
        self.main = main
    }

    /// Starts its thread, which waits for its first order.
    func start() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 1 << 20)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        #if canImport(Glibc)
            var handle = pthread_t()
        #else
            var handle: pthread_t?
        #endif
        let code = pthread_create(
            &handle, &attributes,
            { pointer in
                #if canImport(Glibc)
                    guard let pointer else { return nil }
                #endif
                let worker = Unmanaged<Worker>.fromOpaque(pointer).takeRetainedValue()
                worker.thread = pthread_self()
                worker.main(worker)
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        pthread_attr_destroy(&attributes)
        precondition(code == 0, "a thread can be made")
    }

    /// Whether this is the thread that calls.
    var isCaller: Bool {
        guard let thread else { return false }
        return pthread_equal(thread, pthread_self()) != 0
    }

    /// Gives it the baton, with that order.
    func give(_ order: Order) { orders.with { $0 = order } }

    /// Waits for the baton.
    func await() -> Order {
        orders.wait { $0 != nil }
        return orders.with { order in
            defer { order = nil }
            return order ?? .stop
        }
    }
}
