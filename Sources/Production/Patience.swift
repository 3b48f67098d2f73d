import Domain
package import Ports

/// How long somebody else is waited for, and what the person is told meanwhile.
package struct Patience: Sendable {
    private let limits: ProductionLimits
    private let deadline: Deadline?
    private let time: any TimeSource
    private let notices: any Notices
    private var isTold = false
    /// For how long there was waiting, in seconds, and when that was last counted, as uptime.
    private var (waited, counted): (Double, Double)
    /// Who is waited for, and since which second of waiting its kind of work: the limit is that of what is under way.
    private var watched: (holder: RightHolder?, since: Double) = (nil, 0)

    /// How long nobody is told that there is waiting, in seconds.
    package static let silence = 1.0
    /// What counts of a pause between two looks, in seconds: in one that took longer this process, or its machine, stood still.
    private static let longestPause = 5.0

    /// Patience that begins now.
    package init(
        limits: ProductionLimits, until deadline: Deadline?, time: any TimeSource, notices: any Notices
    ) {
        self.limits = limits
        self.deadline = deadline
        self.time = time
        self.notices = notices
        (waited, counted) = (0, time.uptime())
    }

    /// Goes on waiting, for that holder as far as it is known; once, the person is told.
    ///
    /// - Parameter failing: for how long a call went on that then failed, in seconds: all of that was waiting.
    /// - Throws: `.waitedTooLong` where the limit or the deadline is over, `.stopped` where the task is cancelled.
    package mutating func wait(for holder: RightHolder?, failing: Double = 0) throws(TokenStoreError) {
        let now = time.uptime()
        waited += failing + min(now - counted - failing, Self.longestPause)
        counted = now
        if let holder {
            // One refresh after another that fails is one outage; a sign-in that is over is something else.
            let isElse = watched.holder.map { $0.purpose != holder.purpose } ?? false
            if watched.holder?.purpose != holder.purpose { notices.waits(for: holder.purpose) }
            watched = (holder, isElse ? waited : watched.since)
        }
        if waited > Self.silence, deadline == nil, !isTold {
            notices.tell(Self.line(watched.holder))
            isTold = true
        }
        let limit = watched.holder?.purpose == .signIn ? limits.signIn : limits.refresh
        let seconds = waited - watched.since
        if seconds > limit || deadline?.left(time) == 0 {
            throw .waitedTooLong(seconds: Int(seconds), holder: watched.holder)
        }
        if Task.isCancelled { throw .stopped(CancellationError()) }
    }

    private static func line(_ holder: RightHolder?) -> String {
        guard let holder else { return "Waiting for another process that obtains tokens…" }
        return "Waiting for the \(holder.purpose.rawValue) of process \(holder.processID) on \(holder.host), "
            + "since \(holder.since.rfc3339)…"
    }
}
