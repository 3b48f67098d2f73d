package import Domain
import Locking
package import Ports

/// A directory that is asked once a minute for a person, and stood in for while it is out of order or slow.
///
/// What it said serves for an hour at the longest, and then the person is told that nobody knows. That it has no answer
/// about a person is an answer too, but for nobody's outage. Once it has failed it
/// is left alone for a moment, whoever the person, and then asked by one at a time until it answers.
package actor CachedDirectory: PersonDirectory {
    private typealias Answer = Result<Set<ClientID>, PersonDirectoryError>

    /// Seconds for which an answer is as good as a new one.
    package static let freshness: Double = 60
    /// Seconds for which an answer stands in for the directory.
    package static let longest: Double = 3600
    /// Seconds after a failure in which the directory is left alone; twice as many after each further one.
    package static let pause: Double = 5
    /// The longest of these pauses, but for one that the directory itself asks for.
    package static let longestPause: Double = 60
    /// Seconds that somebody waits for the directory who can be told an older answer.
    package static let patience: Double = 2
    /// Seconds after that in which such a person does not wait anew.
    private static let impatience: Double = 10

    private struct Known: Sendable {
        var clients: Set<ClientID>
        var readAt: Double
        /// What it said instead, where it has no answer about the person.
        var refusal: PersonDirectoryError?
        /// When somebody last waited in vain.
        var slowAt: Double?

        func isFresh(_ now: Double) -> Bool { now - readAt < CachedDirectory.freshness }
        func isServable(_ now: Double) -> Bool { refusal == nil && now - readAt < CachedDirectory.longest }
    }

    /// How often what happened.
    package struct Counts: Sendable {
        /// An answer was at hand.
        package var hits = 0
        /// An older answer stood in.
        package var stale = 0
        /// The directory was asked in vain.
        package var failures = 0
    }

    private struct Memory: Sendable {
        var known = BoundedCache<String, Known>(capacity: 10_000)
        var counts = Counts()
        var outage: Outage?
    }

    private nonisolated let directory: any PersonDirectory
    private nonisolated let time: any TimeSource
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

    /// Whether the directory answered when it was last asked.
    package var isWell: Bool { lastTrouble == nil }

    package nonisolated func clientsAtHand(of claims: IDTokenClaims) -> ClientsAtHand? {
        let now = time.uptime()
        return memory.with { memory in
            guard let before = memory.known.value(claims.subject ?? ""), before.refusal == nil else { return nil }
            if before.isFresh(now) { return ClientsAtHand(before.clients) }
            let isSlow = before.slowAt.map { now - $0 < Self.impatience } ?? false
            let isLeftAlone = memory.outage?.lasts(at: now) ?? false
            guard isSlow || isLeftAlone, before.isServable(now) else { return nil }
            return ClientsAtHand(before.clients, isStandIn: true)
        }
    }

    package nonisolated func countAtHand(isStandIn: Bool) {
        memory.with { memory in
            if isStandIn { memory.counts.stale += 1 } else { memory.counts.hits += 1 }
        }
    }

    package func clients(of claims: IDTokenClaims) async throws(PersonDirectoryError) -> Set<ClientID> {
        if let found = clientsAtHand(of: claims) {
            countAtHand(isStandIn: found.isStandIn)
            return found.clients
        }
        let subject = claims.subject ?? ""
        let known = memory.with { $0.known.value(subject) }
        if let known, let refusal = known.refusal, known.isFresh(time.uptime()) {
            countAtHand(isStandIn: false)
            throw refusal
        }
        let substitute = known.flatMap { $0.isServable(time.uptime()) ? $0 : nil }
        let answer = await answer(claims, subject, isPatient: substitute == nil)
        if case .success(let clients)? = answer { return clients }
        if case .failure(.notThisPerson(let reason))? = answer { throw .notThisPerson(reason: reason) }
        guard let substitute, substitute.isServable(time.uptime()) else {
            return try (answer ?? .failure(.unavailable(reason: "it takes long to answer"))).get()
        }
        var reason = "it takes long to answer"
        if case .failure(let error)? = answer { reason = "\(error)" }
        countAtHand(isStandIn: true)
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
            if let refusal = enter() { return .failure(refusal) }
            underWay[subject] = [:]
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

    /// Takes the right to ask the directory; why it is left alone, where there is none.
    private func enter() -> PersonDirectoryError? {
        let now = time.uptime()
        return memory.with { memory in
            guard let outage = memory.outage else { return nil }
            if outage.lasts(at: now) { return outage.refusal(at: now) }
            memory.outage?.isTried = true
            return nil
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
            memory.with { memory in
                memory.known.put(news, subject)
                memory.outage = nil
            }
            if let was = lastTrouble { log.write(.info, "the directory answers again", ["was": was]) }
            lastTrouble = nil
        case .failure(.notThisPerson(let reason)):
            let news = Known(clients: [], readAt: time.uptime(), refusal: .notThisPerson(reason: reason))
            memory.with { memory in
                memory.known.put(news, subject)
                // It says nothing of how the directory is: the next one may find out.
                memory.outage?.isTried = false
            }
        case .failure(let error):
            let now = time.uptime()
            memory.with { memory in
                memory.counts.failures += 1
                memory.outage = Outage(error, at: now, after: memory.outage)
            }
            tell(error)
        }
        for (_, waiting) in underWay.removeValue(forKey: subject) ?? [:] { waiting.resume(returning: answer) }
    }

    /// Says once what is wrong with the directory, not for each person.
    private func tell(_ error: PersonDirectoryError) {
        // How long its limit lasts is another number each time.
        let trouble = if case .notNow = error { "it asks to be left alone" } else { "\(error)" }
        if trouble != lastTrouble { log.write(.error, "the directory can't be asked", ["reason": "\(error)"]) }
        lastTrouble = trouble
    }

    private func endWait(of number: Int, _ subject: String) async {
        await time.sleep(seconds: Self.patience)
        guard !Task.isCancelled, let waiting = underWay[subject]?.removeValue(forKey: number) else { return }
        let now = time.uptime()
        memory.with { memory in
            guard var before = memory.known.value(subject) else { return }
            before.slowAt = now
            memory.known.put(before, subject)
        }
        waiting.resume(returning: nil)
    }
}

/// That a directory has failed, and how long it is left alone for that.
private struct Outage: Sendable {
    private let reason: String
    private let end: Double
    /// How often in a row, whoever asks after a pause counted once.
    private let failures: Int
    /// Whether somebody tries whether it is over.
    var isTried = false

    /// The outage that an error tells of; one that was known before has had its pause where somebody tried.
    init(_ error: PersonDirectoryError, at now: Double, after before: Outage?) {
        reason = error.reason
        failures = before.map { $0.isTried ? $0.failures + 1 : $0.failures } ?? 1
        var pause = CachedDirectory.pause
        for _ in 1..<min(failures, 16) { pause = min(2 * pause, CachedDirectory.longestPause) }
        if case .notNow(_, let seconds) = error { pause = Double(seconds) }
        end = max(before?.end ?? 0, now + pause)
    }

    func lasts(at now: Double) -> Bool { isTried || now < end }

    /// What those are told who ask meanwhile.
    func refusal(at now: Double) -> PersonDirectoryError {
        .notNow(reason: reason, seconds: max(1, Int((end - now).rounded(.up))))
    }
}
