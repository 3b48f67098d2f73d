#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Which process it is, even after its number went to another one.
///
/// Only means something on the host (and in the pid namespace) that it was taken on, until that host starts again.
package struct ProcessIdentity: Equatable, Sendable {
    /// The process's number.
    package let pid: Int32
    /// When it started: clock ticks since the host started on Linux, microseconds since 1970 elsewhere; 0 where the system does not tell.
    package let startTime: UInt64

    /// An identity that was written down earlier.
    package init(pid: Int32, startTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
    }

    /// This process.
    package static var current: ProcessIdentity {
        let pid = getpid()
        return ProcessIdentity(pid: pid, startTime: ProcessTable.entry(pid)?.startTime ?? 0)
    }

    /// The process that has that number now; nil where none has, or where it has ended and only its exit status is left.
    package static func of(pid: Int32) -> ProcessIdentity? {
        guard exists(pid), let entry = ProcessTable.entry(pid), !entry.hasEnded else { return nil }
        return ProcessIdentity(pid: pid, startTime: entry.startTime)
    }

    /// Whether this very process still runs; one that ended and was not waited for does not.
    ///
    /// True where the system shows that the number is in use but not by whom: then it is safer to wait than to take over.
    package var isAlive: Bool {
        guard Self.exists(pid) else { return false }
        guard let entry = ProcessTable.entry(pid) else { return Self.exists(pid) }
        return entry.startTime == startTime && !entry.hasEnded
    }

    /// When the process started, in seconds since 1970, good to about a second; nil where the system does not tell.
    var startedAt: Double? { ProcessTable.wallClock(startTime) }

    /// What the process calls itself, at most 15 bytes on Linux; nil where there is none, or the system does not tell.
    package static func name(of pid: Int32) -> String? {
        pid > 0 ? ProcessTable.name(pid) : nil
    }

    /// The user that the process acts as; nil where there is none, or the system does not tell.
    package static func ownerUID(of pid: Int32) -> UInt32? {
        pid > 0 ? ProcessTable.owner(pid) : nil
    }

    private static func exists(_ pid: Int32) -> Bool {
        // 0 and below would speak of whole process groups.
        pid > 0 && (kill(pid, 0) == 0 || errno == EPERM)
    }
}
