import Application
import Domain
import Locking
import Ports

/// A clock that a test turns.
final class TurnedClock: TimeSource {
    private let elapsed = Guarded(0.0)

    func now() -> Timestamp { Timestamp(seconds: 1_700_000_000) + Int64(elapsed.with { $0 }) }
    func uptime() -> Double { 1000 + elapsed.with { $0 } }
    func sleep(seconds: Double) async {
        advance(seconds)
        // Whoever looks again and again must not keep those from their turn whom it waits for.
        await Task.yield()
    }
    func advance(_ seconds: Double) { elapsed.with { $0 += seconds } }
}

/// A clock on which whoever sleeps waits until a test has turned it far enough.
final class HeldClock: TimeSource {
    private struct State: Sendable {
        var elapsed = 0.0
        var sleepers: [Int: (end: Double, sleeper: CheckedContinuation<Void, Never>)] = [:]
        var cancelled: Set<Int> = []
        var lastNumber = 0
    }

    private let state = Guarded(State())

    func now() -> Timestamp { Timestamp(seconds: 1_700_000_000) + Int64(state.with { $0.elapsed }) }
    func uptime() -> Double { 1000 + state.with { $0.elapsed } }
    /// How many sleep.
    var sleepers: Int { state.with { $0.sleepers.count } }

    func sleep(seconds: Double) async {
        let number = state.with { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { sleeper in
                let isOver = state.with { state in
                    if state.cancelled.remove(number) != nil { return true }
                    state.sleepers[number] = (state.elapsed + seconds, sleeper)
                    return false
                }
                if isOver { sleeper.resume() }
            }
        } onCancel: {
            let sleeper = state.with { state in
                let sleeper = state.sleepers.removeValue(forKey: number)?.sleeper
                if sleeper == nil { state.cancelled.insert(number) }
                return sleeper
            }
            sleeper?.resume()
        }
    }

    func advance(_ seconds: Double) {
        let due = state.with { state in
            state.elapsed += seconds
            let due = state.sleepers.filter { $0.value.end <= state.elapsed }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.sleeper)
        }
        for sleeper in due { sleeper.resume() }
    }
}

/// A log that can be read.
final class ReadableLog: Log {
    private let kept = Guarded<[String]>([])

    var lines: [String] { kept.with { $0 } }

    func write(_ level: LogLevel, _ event: String, _ fields: KeyValuePairs<String, String>) {
        let text = fields.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        kept.with { $0.append("\(level) \(event) \(text)") }
    }
}

/// A directory that answers as it is told.
actor ScriptedDirectory: PersonDirectory {
    private(set) var questions = 0
    private var answer: Result<Set<ClientID>, PersonDirectoryError>
    private var gate: [CheckedContinuation<Void, Never>]?

    init(_ answer: Result<Set<ClientID>, PersonDirectoryError>) {
        self.answer = answer
    }

    func say(_ answer: Result<Set<ClientID>, PersonDirectoryError>) { self.answer = answer }

    func hold() { gate = [] }

    func release() {
        for one in gate ?? [] { one.resume() }
        gate = nil
    }

    func clients(of claims: IDTokenClaims) async throws(PersonDirectoryError) -> Set<ClientID> {
        questions += 1
        if gate != nil { await withCheckedContinuation { gate?.append($0) } }
        return try answer.get()
    }
}

/// A verifier that takes every token, but those that begin with `bad`.
///
/// It has a key at hand, but not for tokens that begin with `new` or `bad`: for these it asks, and answers once it may.
actor CountingVerifier: KeptKeysVerifier {
    private(set) var questions = 0
    private(set) var mostQuestions = 0
    private var questionsNow = 0
    private var failure: IdentityProviderError?
    private var gate: [CheckedContinuation<Void, Never>]?
    private nonisolated let atHand = Guarded(0)
    private nonisolated let staleAllowed = Guarded(0)
    private nonisolated let clock: TurnedClock

    init(_ clock: TurnedClock) {
        self.clock = clock
    }

    /// How many tokens were decided by a key at hand.
    nonisolated var verificationsAtHand: Int { atHand.with { $0 } }
    /// How often a stale key would have done.
    nonisolated var staleAllowances: Int { staleAllowed.with { $0 } }

    func fail(_ error: IdentityProviderError?) { failure = error }
    func hold() { gate = [] }

    func release() {
        for one in gate ?? [] { one.resume() }
        gate = nil
    }

    func prepare(by deadline: Deadline) async throws(IdentityProviderError) {}

    nonisolated func verify(_ idToken: Secret, _ expected: IDTokenExpectations, orStale: Bool)
        throws(IdentityProviderError) -> IDTokenClaims?
    {
        if orStale { staleAllowed.with { $0 += 1 } }
        guard !["new", "bad"].contains(idToken.revealed.prefix(3)) else { return nil }
        atHand.with { $0 += 1 }
        return claims(idToken)
    }

    func verify(_ idToken: Secret, _ expected: IDTokenExpectations, by deadline: Deadline)
        async throws(IdentityProviderError) -> IDTokenClaims
    {
        questions += 1
        questionsNow += 1
        mostQuestions = max(mostQuestions, questionsNow)
        if gate != nil { await withCheckedContinuation { gate?.append($0) } }
        questionsNow -= 1
        if let failure { throw failure }
        if idToken.revealed.hasPrefix("bad") { throw .rejectedIDToken(.badSignature) }
        return claims(idToken)
    }

    private nonisolated func claims(_ token: Secret) -> IDTokenClaims {
        var claims = IDTokenClaims()
        claims.subject = token.revealed
        claims.expiry = clock.now() + 600
        return claims
    }
}

/// A hash that keeps apart what it must.
struct PlainDigester: Digester {
    func digest(_ bytes: [UInt8], _ function: HashFunction) -> [UInt8] { bytes }
}

func claims(of subject: String) -> IDTokenClaims {
    var claims = IDTokenClaims()
    claims.subject = subject
    return claims
}

func client(_ text: String) throws -> ClientID { try ClientID(text) }
