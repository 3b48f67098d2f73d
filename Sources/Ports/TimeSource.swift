package import Domain

/// The clocks of this host, so that every rule about time can be tested without waiting.
package protocol TimeSource: Sendable {
    /// The wall clock, which may be wrong and may jump.
    func now() -> Timestamp
    /// Seconds since this host started, its sleep included; never jumps (CLOCK_BOOTTIME).
    func uptime() -> Double
    /// Waits so many seconds, or until the task is cancelled, whichever is first.
    func sleep(seconds: Double) async
}

/// When to give up, on the clock that never jumps.
package struct Deadline: Sendable, Comparable {
    /// The `TimeSource.uptime()` at which time is over.
    package let uptime: Double

    /// So many seconds from now.
    package init(in seconds: Double, _ time: any TimeSource) {
        uptime = time.uptime() + seconds
    }

    /// At that uptime.
    package init(uptime: Double) {
        self.uptime = uptime
    }

    package static func < (one: Deadline, other: Deadline) -> Bool { one.uptime < other.uptime }

    /// Seconds that are left; never negative.
    package func left(_ time: any TimeSource) -> Double { max(0, uptime - time.uptime()) }
}
