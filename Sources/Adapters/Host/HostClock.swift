package import Domain
import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The clocks of this host.
package struct HostClock: TimeSource {
    /// The clocks.
    package init() {}

    package func now() -> Timestamp { Timestamp(seconds: Int64(Self.read(CLOCK_REALTIME).tv_sec)) }

    package func uptime() -> Double {
        #if os(Linux)
            let clock = Self.read(CLOCK_BOOTTIME)
        #else
            let clock = Self.read(CLOCK_MONOTONIC)
        #endif
        return Double(clock.tv_sec) + Double(clock.tv_nsec) / 1e9
    }

    package func sleep(seconds: Double) async {
        // All sleeping is done here, so that a test's clock need not sleep at all.
        try? await Task.sleep(nanoseconds: UInt64(max(0, min(seconds, 86_400)) * 1e9))
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}
