import Domain
import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A value that tasks share.
///
/// `@unchecked`: the value is touched only while the mutex is held.
final class Shared<Value: Sendable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var stored: Value

    init(_ value: Value) {
        stored = value
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    var value: Value { change { $0 } }

    @discardableResult
    func change<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&stored)
    }
}

/// The real passing of time, with a wall clock that is off by some seconds.
struct SkewedClock: TimeSource {
    var offset: Int64 = 0

    func now() -> Timestamp { Timestamp(seconds: Int64(time(nil)) + offset) }

    func uptime() -> Double {
        var clock = timespec()
        clock_gettime(CLOCK_MONOTONIC, &clock)
        return Double(clock.tv_sec) + Double(clock.tv_nsec) / 1e9
    }

    func sleep(seconds: Double) async { try? await Task.sleep(nanoseconds: UInt64(seconds * 1e9)) }
}

/// A clock that only moves when somebody sleeps, and then at once.
final class JumpingClock: TimeSource {
    private let passed = Shared(1000.0)
    private let start: Int64 = 1_800_000_000
    /// Called after each sleep, with the seconds that have passed since the start.
    let afterSleep: @Sendable (Double) async -> Void

    init(afterSleep: @escaping @Sendable (Double) async -> Void = { _ in }) { self.afterSleep = afterSleep }

    func now() -> Timestamp { Timestamp(seconds: start + Int64(passed.value)) }
    func uptime() -> Double { passed.value }

    func sleep(seconds: Double) async {
        let sum = passed.change { passed in
            passed += seconds
            return passed
        }
        await afterSleep(sum - 1000)
        await Task.yield()
    }
}

/// What the person was told.
final class Told: Notices {
    private let heard = Shared((told: [String](), warned: [String]()))

    func tell(_ line: String) { heard.change { $0.told.append(line) } }
    func warn(_ line: String) { heard.change { $0.warned.append(line) } }

    var told: [String] { heard.value.told }
    var warned: [String] { heard.value.warned }
}

/// A gate that tasks wait before until it is opened.
final class Gate: Sendable {
    private let state = Shared((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

    func open() {
        let waiting = state.change { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.resume() }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.change { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}
