package import Domain
import Locking
package import Ports

/// A directory that is asked once a minute for a person, and stood in for while it is out of order or slow.
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
    /// Seconds that somebody waits for the directory who can be told an older answer.
    package static let patience: Double = 2

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
        /// The directory was asked in vain.
        package var failures = 0
    }

    private struct Memory: Sendable {
        var known = BoundedCache<String, Known>(capacity: 10_000)
        var counts = Counts()
    }

    private nonisolated let directory: any PersonDirectory
    private let time: any TimeSource
    private let log: any Log
    /// What there is to be looked up without waiting for anybody.
    private nonisolated let memory = Guarded(Memory())
    /// Those who wait for the directory's answer about a person, by number.
    private var underWay: [String: [Int: CheckedContinuation<Answer?, Never>]] = [:]
    private var lastNumber = 0
    /// What the directory failed with when it was last asked, and what is in the log of it.
    private var lastTrouble: String?

    /// Stands before that directory.
    package init(_ directory: any PersonDirectory, time: any TimeSource, log: any Log) {
        self.directory = directory
        self.time = time
        self.log = log
    }

    /// How often what happened so far.
    package var statistics: Counts { memory.with { $0.counts } }

    package nonisolated func clientsAtHand(of claims: IDTokenClaims) -> Set<ClientID>? {
        let now = time.uptime()
        return memory.with { memory in
            guard let before = memory.known.value(claims.subject ?? "") else { return nil }
            if now - before.readAt < Self.freshness {
                memory.counts.hits += 1
                return before.clients
            }
            guard let failedAt = before.failedAt, now - failedAt < Self.pause, isServable(before) else { return nil }
            memory.counts.stale += 1
            return before.clients
        }
    }

    /// Whether the directory answered when it was last asked.
    package var isWell: Bool { lastTrouble == nil }

    package func clients(of claims: IDTokenClaims) async throws(PersonDirectoryError) -> Set<ClientID> {
        if let clients = clientsAtHand(of: claims) { return clients }
        let subject = claims.subject ?? ""
        let substitute = memory.with { $0.known.value(subject) }.flatMap { isServable($0) ? $0 : nil }
        let answer = await answer(claims, subject, isPatient: substitute == nil)
        if case .success(let clients)? = answer { return clients }
        guard let substitute, isServable(substitute) else {
            return try (answer ?? .failure(.unavailable(reason: "it takes long to answer"))).get()
        }
        var reason = "it takes long to answer"
        if case .failure(let error)? = answer { reason = "\(error)" }
        memory.with { $0.counts.stale += 1 }
        log.write(
            .warning, "an older answer of the directory stands in",
            ["sub": subject, "reason": reason, "age": "\(Int(time.uptime() - substitute.readAt)) s"])
        return substitute.clients
    }

    /// The directory's answer; nil where it takes longer than whoever is not patient waits.
    ///
    /// It is taken even then.
    private func answer(_ claims: IDTokenClaims, _ subject: String, isPatient: Bool) async -> Answer? {
        if underWay[subject] == nil {
            underWay[subject] = [:]
            memory.with { $0.counts.misses += 1 }
            Task { self.take(await self.asked(claims), subject) }
        }
        lastNumber += 1
        let number = lastNumber
        let timer = isPatient ? nil : Task { await self.endWait(of: number, subject) }
        defer { timer?.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiting in
                guard !Task.isCancelled else { return waiting.resume(returning: nil) }
                underWay[subject]?[number] = waiting
            }
        } onCancel: {
            Task { await self.giveUp(number, subject) }
        }
    }

    private func giveUp(_ number: Int, _ subject: String) {
        underWay[subject]?.removeValue(forKey: number)?.resume(returning: nil)
    }

    private nonisolated func asked(_ claims: IDTokenClaims) async -> Answer {
        do throws(PersonDirectoryError) {
            return .success(try await directory.clients(of: claims))
        } catch {
            return .failure(error)
        }
    }

    private func take(_ answer: Answer, _ subject: String) {
        switch answer {
        case .success(let clients):
            let news = Known(clients: clients, readAt: time.uptime())
            memory.with { $0.known.put(news, subject) }
            if let was = lastTrouble { log.write(.info, "the directory answers again", ["was": was]) }
            lastTrouble = nil
        case .failure(let error):
            noteFailure(subject)
            tell(error)
        }
        for (_, waiting) in underWay.removeValue(forKey: subject) ?? [:] { waiting.resume(returning: answer) }
    }

    /// Says once what is wrong with the directory, not for each person.
    private func tell(_ error: PersonDirectoryError) {
        memory.with { $0.counts.failures += 1 }
        // How long its limit lasts is another number each time.
        let trouble = if case .atLimit = error { "it is at its rate limit" } else { "\(error)" }
        if trouble != lastTrouble { log.write(.error, "the directory can't be asked", ["reason": "\(error)"]) }
        lastTrouble = trouble
    }

    private func endWait(of number: Int, _ subject: String) async {
        await time.sleep(seconds: Self.patience)
        guard !Task.isCancelled, let waiting = underWay[subject]?.removeValue(forKey: number) else { return }
        noteFailure(subject)
        waiting.resume(returning: nil)
    }

    /// For a moment an older answer is good enough.
    private func noteFailure(_ subject: String) {
        let now = time.uptime()
        memory.with { memory in
            guard var before = memory.known.value(subject) else { return }
            before.failedAt = now
            memory.known.put(before, subject)
        }
    }

    private nonisolated func isServable(_ answer: Known) -> Bool { time.uptime() - answer.readAt < Self.longest }
}
