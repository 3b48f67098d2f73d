import Application
import Domain
import Locking
import Ports

/// A clock that a test turns.
final class TurnedClock: TimeSource {
    private let elapsed = Guarded(0.0)

    func now() -> Timestamp { Timestamp(seconds: 1_700_000_000) + Int64(elapsed.with { $0 }) }
    func uptime() -> Double { 1000 + elapsed.with { $0 } }
    func sleep(seconds: Double) async { advance(seconds) }
    func advance(_ seconds: Double) { elapsed.with { $0 += seconds } }
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

/// A verifier that takes every token but `bad`.
actor CountingVerifier: IDTokenVerifier {
    private(set) var verifications = 0
    private let clock: TurnedClock

    init(_ clock: TurnedClock) {
        self.clock = clock
    }

    func prepare(by deadline: Deadline) async throws(IdentityProviderError) {}

    func verify(_ idToken: Secret, _ expected: IDTokenExpectations, by deadline: Deadline)
        async throws(IdentityProviderError) -> IDTokenClaims
    {
        verifications += 1
        await Task.yield()
        if idToken.revealed == "bad" { throw .rejectedIDToken(.badSignature) }
        var claims = IDTokenClaims()
        claims.subject = idToken.revealed
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
