import Domain
import OIDC
import Ports
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The world around an `OpenIDProvider`, in memory.
struct OIDCWorld {
    static let issuerText = "https://id.example.com/tenant"
    static let discovery = issuerText + "/.well-known/openid-configuration"
    static let token = "https://id.example.com/token"
    static let keys = "https://id.example.com/keys"
    static let introspection = "https://id.example.com/introspect"

    let time = OIDCFakeTime()
    let documents = OIDCMemoryDocuments()
    let http: OIDCScriptedHTTP
    let provider: OpenIDProvider
    let issuer: Issuer
    let clientID: ClientID

    /// A world whose provider answers discovery and keys with these.
    init(
        keys: String = OIDCForge.keySet([OIDCForge.key(1, kid: "k1")]), standIn: OpenIDProvider.StandIn = .absence
    ) async throws {
        issuer = try Issuer(Self.issuerText)
        clientID = try ClientID("xyz")
        http = OIDCScriptedHTTP(time)
        provider = OpenIDProvider(
            issuer: issuer, clientID: clientID, http: http, time: time, random: OIDCFixedRandom(),
            documents: documents, digester: OIDCFakeDigester(), verifier: OIDCFakeVerifier(),
            standIn: standIn)
        await http.script(Self.discovery, [.json(OIDCForge.discovery())])
        await http.script(Self.keys, [.json(keys)])
    }

    func deadline(in seconds: Double = 60) -> Deadline { Deadline(in: seconds, time) }

    /// Verifies as the answer to a sign-in with nonce N1.
    func verify(_ token: String, accessToken: String? = nil) async throws(IdentityProviderError) -> IDTokenClaims {
        try await provider.verify(
            Secret(token),
            IDTokenExpectations(
                issuer: issuer, clientID: clientID, nonce: Secret("N1"), accessToken: accessToken.map { Secret($0) }),
            by: deadline())
    }

    /// Verifies without asking anybody; nil where the provider would be asked.
    func verifyAtHand(_ token: String, orStale: Bool = false) throws(IdentityProviderError) -> IDTokenClaims? {
        try provider.verify(
            Secret(token),
            IDTokenExpectations(issuer: issuer, clientID: clientID, nonce: Secret("N1"), accessToken: nil),
            orStale: orStale)
    }

    /// The rejection of a token; nil where it is accepted.
    func rejection(_ token: String, accessToken: String? = nil) async throws -> IDTokenRejection? {
        do throws(IdentityProviderError) {
            _ = try await verify(token, accessToken: accessToken)
            return nil
        } catch {
            guard case .rejectedIDToken(let rejection) = error else { throw error }
            return rejection
        }
    }
}

/// A clock that moves only when somebody sleeps on it or a test turns it.
final class OIDCFakeTime: TimeSource, @unchecked Sendable {  // all state is read and written under `lock`
    private let lock = OIDCTestLock()
    private var elapsed = 0.0
    private var slept: [Double] = []

    static let start = Timestamp(seconds: 1_700_000_000)

    func now() -> Timestamp { lock.held { Self.start + Int64(elapsed) } }
    func uptime() -> Double { lock.held { 1000 + elapsed } }
    func sleep(seconds: Double) async { note(seconds) }
    func advance(_ seconds: Double) { lock.held { elapsed += seconds } }
    var sleeps: [Double] { lock.held { slept } }

    private func note(_ seconds: Double) {
        lock.held {
            elapsed += seconds
            slept.append(seconds)
        }
    }
}

/// A cache of documents in memory.
final class OIDCMemoryDocuments: ProviderDocumentCache, @unchecked Sendable {  // all state is under `lock`
    private let lock = OIDCTestLock()
    private var kept: [String: ProviderDocument] = [:]

    func document(at address: String) -> ProviderDocument? { lock.held { kept[address] } }
    func keep(_ document: ProviderDocument) { lock.held { kept[document.address] = document } }
}

/// A lock over pthread, for the fakes.
final class OIDCTestLock: @unchecked Sendable {  // the mutex is made for many threads, and never moves
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init() { pthread_mutex_init(mutex, nil) }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func held<Value>(_ body: () throws -> Value) rethrows -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }
}

/// A network where each address has a script; the last line of a script is repeated.
actor OIDCScriptedHTTP: HTTPClient {
    enum Line: Sendable {
        case answer(status: Int, headers: [HTTPHeader], body: String)
        case failure(HTTPFailure)
        /// Nothing comes until the request's time-out.
        case silence

        static func json(_ body: String, status: Int = 200, headers: [HTTPHeader] = []) -> Line {
            .answer(status: status, headers: [HTTPHeader("Content-Type", "application/json")] + headers, body: body)
        }
        static let unreachable = Line.failure(
            .unreachable(host: "id.example.com", reason: "no route", requestMayHaveArrived: false))
        static let broken = Line.failure(
            .unreachable(host: "id.example.com", reason: "reset", requestMayHaveArrived: true))
    }

    private let time: OIDCFakeTime
    private var scripts: [String: [Line]] = [:]
    private(set) var requests: [HTTPRequest] = []

    init(_ time: OIDCFakeTime) {
        self.time = time
    }

    func script(_ address: String, _ lines: [Line]) {
        scripts[address] = lines
    }

    func count(_ address: String) -> Int { requests.filter { $0.address == address }.count }

    /// The form of the last request to an address.
    func form(_ address: String) -> [String: String] {
        guard case .post(let body)? = requests.last(where: { $0.address == address })?.method,
            let pairs = PercentEncoding.pairs(ofQuery: String(decoding: body, as: UTF8.self))
        else { return [:] }
        return Dictionary(pairs.map { ($0.name, $0.value) }) { first, _ in first }
    }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        requests.append(request)
        guard let line = scripts[request.address]?.first else {
            throw .unreachable(host: request.address, reason: "nobody there", requestMayHaveArrived: false)
        }
        if let count = scripts[request.address]?.count, count > 1 { scripts[request.address]?.removeFirst() }
        switch line {
        case .answer(let status, let headers, let body):
            return HTTPResponse(status: status, headers: headers, body: Array(body.utf8))
        case .failure(let failure):
            throw failure
        case .silence:
            time.advance(request.timeout)
            throw .timedOut(host: "id.example.com", seconds: request.timeout, requestMayHaveArrived: true)
        }
    }
}

/// Random bytes that are always the middle of their range.
struct OIDCFixedRandom: RandomSource {
    func randomBytes(_ count: Int) -> [UInt8] { Array(repeating: 0x80, count: count) }
}

/// A digest that tells the function and the bytes: their length, then the bytes, in 32, 48 or 64 places.
struct OIDCFakeDigester: Digester {
    func digest(_ bytes: [UInt8], _ function: HashFunction) -> [UInt8] {
        let length =
            switch function {
            case .sha256: 32
            case .sha384: 48
            case .sha512: 64
            }
        return Array(([UInt8(length)] + bytes + Array(repeating: 0, count: length)).prefix(length))
    }
}
