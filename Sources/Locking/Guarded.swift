#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// State that several threads share, and can wait for: the small lock of a leaf.
///
/// Not the standard library's `Mutex`, in which the thread sanitizer sees races that are none.
/// `@unchecked Sendable`: the state is touched only while the mutex is held.
package final class Guarded<State>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    /// Guards that state.
    package init(_ state: State) {
        self.state = state
        mutex.initialize(to: pthread_mutex_t())
        changed.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        #if os(Linux)
            var attributes = pthread_condattr_t()
            pthread_condattr_init(&attributes)
            pthread_condattr_setclock(&attributes, Self.clock)
            pthread_cond_init(changed, &attributes)
            pthread_condattr_destroy(&attributes)
        #else
            pthread_cond_init(changed, nil)
        #endif
    }

    /// The clock that limits waiting: where the system lets it be chosen, one that nobody sets.
    #if os(Linux)
        private static var clock: clockid_t { CLOCK_MONOTONIC }
    #else
        private static var clock: clockid_t { CLOCK_REALTIME }
    #endif

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Reads or changes the state, with every other thread kept out; whoever waits for it looks again.
    package func with<Result, Failure: Error>(_ body: (inout State) throws(Failure) -> Result) throws(Failure) -> Result
    {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(mutex)
        }
        return try body(&state)
    }

    /// Blocks this thread until the state is as it should be.
    package func wait(until isSo: (State) -> Bool) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isSo(state) { pthread_cond_wait(changed, mutex) }
    }

    /// Blocks this thread until the state is as it should be, or so many seconds are over.
    package func wait(seconds: Double, until isSo: (State) -> Bool) {
        var end = timespec()
        clock_gettime(Self.clock, &end)
        let nanoseconds = Int64(end.tv_nsec) + Int64(seconds * 1e9)
        end.tv_sec += Int(nanoseconds / 1_000_000_000)
        end.tv_nsec = Int(nanoseconds % 1_000_000_000)
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isSo(state), pthread_cond_timedwait(changed, mutex, &end) == 0 {}
    }
}
