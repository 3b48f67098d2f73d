package import Domain
package import Ports

/// A directory that is asked once a minute for a person, and stood in for while it is out of order.
///
/// What it said serves for an hour at the longest, and then the person is told that nobody knows.
package actor CachedDirectory: PersonDirectory {
    private typealias Answer = Result<Set<ClientID>, PersonDirectoryError>

    /// Seconds for which an answer is as good as a new one.
    package static let freshness: Double = 60
    /// Seconds for which an answer stands in for the directory.
    package static let longest: Double = 3600
    /// Seconds after a failure in which the directory is not asked for the person again.
    package static let pause: Double = 10

    private struct Known: Sendable {
        var clients: Set<ClientID>
        var readAt: Double
        var failedAt: Double?
    }

    /// How often what happened.
    package struct Counts: Sendable {
        /// An answer was at hand.
        package var hits = 0
        /// The directory was asked.
        package var misses = 0
        /// An older answer stood in.
        package var stale = 0
    }

    private let directory: any PersonDirectory
    private let time: any TimeSource
    private let log: any Log
    private var known = BoundedCache<String, Known>(capacity: 10_000)
    private var underWay: [String: Task<Answer, Never>] = [:]
    private var counts = Counts()

    /// Stands before that directory.
    package init(_ directory: any PersonDirectory, time: any TimeSource, log: any Log) {
        self.directory = directory
        self.time = time
        self.log = log
    }

    /// How often what happened so far.
    package var statistics: Counts { counts }

    package func clients(of claims: IDTokenClaims) async throws(PersonDirectoryError) -> Set<ClientID> {
        let subject = claims.subject ?? ""
        let now = time.uptime()
        let before = known.value(subject)
        if let before, now - before.readAt < Self.freshness {
            counts.hits += 1
            return before.clients
        }
        if let before, let failedAt = before.failedAt, now - failedAt < Self.pause, isServable(before) {
            counts.stale += 1
            return before.clients
        }
        do throws(PersonDirectoryError) {
            return try await answer(claims, subject).get()
        } catch {
            guard let before, isServable(before) else { throw error }
            counts.stale += 1
            log.write(
                .warning, "an older answer of the directory stands in",
                ["sub": subject, "reason": "\(error)", "age": "\(Int(time.uptime() - before.readAt)) s"])
            return before.clients
        }
    }

    private func answer(_ claims: IDTokenClaims, _ subject: String) async -> Answer {
        if let task = underWay[subject] { return await task.value }
        counts.misses += 1
        let directory = directory
        let task = Task {
            do throws(PersonDirectoryError) {
                return Answer.success(try await directory.clients(of: claims))
            } catch {
                return Answer.failure(error)
            }
        }
        underWay[subject] = task
        let answer = await task.value
        underWay[subject] = nil
        switch answer {
        case .success(let clients): known.put(Known(clients: clients, readAt: time.uptime()), subject)
        case .failure:
            if var before = known.value(subject) {
                before.failedAt = time.uptime()
                known.put(before, subject)
            }
        }
        return answer
    }

    private func isServable(_ answer: Known) -> Bool { time.uptime() - answer.readAt < Self.longest }
}
