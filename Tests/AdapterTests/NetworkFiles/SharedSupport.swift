import Domain
import Files
import Locking
import OpenSSL
import Ports

@testable import NetworkFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A real folder that hosts of a test share.
final class SharedPlace: Sendable {
    private let folder = FilesFolder()
    let key: TokenKey

    var path: String { folder.path }

    init() throws {
        key = TokenKey(issuer: try Issuer("https://login.example.com"), clientID: try ClientID("client"))
    }

    /// One of the hosts.
    func host(_ name: String, isStill: Bool = false, notes: (any HostNotes)? = nil) -> SharedHost {
        SharedHost(self, name, isStill: isStill, folder: PosixSharedFolder(path: path), notes: notes ?? MemoryNotes())
    }

    /// The key's folder.
    func below(_ store: NetworkTokenStore) -> String { path + "/" + SharedKey(key, store).subfolder }

    /// The names in it.
    func names(_ host: SharedHost) throws -> [String] {
        try PosixSharedFolder(path: path).names(in: SharedKey(key, host.store).subfolder)
    }

    /// Writes a file anew, as no process of ours would.
    func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw NoLuck() }
        defer { fclose(file) }
        fputs(text, file)
    }
}

/// A host of a test: its clock, its notes, and the store as one of its processes has it.
struct SharedHost: Sendable {
    let clock: HostTime
    let store: NetworkTokenStore
    let key: TokenKey

    init(
        _ place: SharedPlace, _ name: String, isStill: Bool, folder: any SharedFolder, notes: any HostNotes,
        tries: UInt64 = 32
    ) {
        clock = HostTime(isStill: isStill)
        key = place.key
        store = NetworkTokenStore(
            folder: folder, notes: notes, census: OneProcess(host: name), times: .standard,
            limits: ProductionLimits(refresh: 60, signIn: 330), coding: PlainCoding(), digester: OpenSSLCryptography(),
            random: OpenSSLCryptography(), time: clock, notices: Silence(), tries: tries)
    }

    /// Produces whatever is there.
    @discardableResult
    func produce(
        _ purpose: ProductionPurpose = .refresh, by deadline: Deadline? = nil,
        _ body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws -> ProducedTokens {
        try await store.produce(
            key, purpose, waitingUntil: deadline, isEnough: { _ in false }, isRight: { _ in false }, body: body)
    }

    @discardableResult
    func publish(_ name: String, refresh: String? = nil) async throws -> ProducedTokens {
        try await produce { _ in PlainCoding.tokens(name, refresh) }
    }

    func read() throws -> StoredTokens? { try store.read(key) }
}

/// A clock that jumps when somebody sleeps, or stands still: then sleep lasts until it is cancelled.
final class HostTime: TimeSource {
    private let state: Guarded<(uptime: Double, isStill: Bool)>

    init(isStill: Bool) { state = Guarded((1000, isStill)) }

    func now() -> Timestamp { Timestamp(seconds: Int64(uptime())) }
    func uptime() -> Double { state.with { $0.uptime } }
    func pass(_ seconds: Double) { state.with { $0.uptime += seconds } }
    func stand() { state.with { $0.isStill = true } }

    func sleep(seconds: Double) async {
        // The tests cancel it: nobody sits through the hour.
        if state.with({ $0.isStill }) { return (try? await Task.sleep(nanoseconds: 3_600_000_000_000)) ?? () }
        pass(seconds)
        await Task.yield()
    }
}

/// The only process of its host; nobody else's end is known.
struct OneProcess: ProcessCensus {
    let current: ProcessStamp
    init(host: String) {
        current = ProcessStamp(host: host, bootID: host, pidNamespace: "1", processID: 7, startTime: 1)
    }
    func hasEnded(_ stamp: ProcessStamp) -> Bool { false }
}

/// Notes in memory, and what a test says of the queue.
final class MemoryNotes: HostNotes {
    private let notes = Guarded<[String: [UInt8]]>([:])
    private let queue: QueueStandIn?

    /// - Parameter queue: nil for a host that has no place for one.
    init(queue: QueueStandIn? = nil) { self.queue = queue }

    func note(_ name: String) -> [UInt8]? { notes.with { $0[name] } }
    func write(_ bytes: [UInt8], to name: String) { notes.with { $0[name] = bytes } }
    func queue(_ name: String) -> (any ProductionRight)? { queue }
}

/// A queue that nobody else stands in, or at whose head somebody else stays.
enum QueueStandIn: ProductionRight, HeldRight {
    case empty
    case held

    func take() throws(TokenStoreError) -> ProductionRightOutcome { self == .empty ? .held(self) : .busy(nil) }
    func note(_ purpose: ProductionPurpose, since: Timestamp) {}
    func end() {}
}

struct Silence: Notices {
    func tell(_ line: String) {}
    func warn(_ line: String) {}
}

/// A coding that has no more than two names.
struct PlainCoding: TokenCoding {
    static func tokens(_ name: String, _ refresh: String? = nil) -> TokenSet {
        TokenSet(
            accessToken: Secret(name), tokenType: "Bearer", accessTokenExpiry: Timestamp(seconds: 1), expiresIn: nil,
            idToken: Secret(""), claims: IDTokenClaims(), refreshToken: Secret(refresh ?? name), refreshTokenExpiry: nil
        )
    }

    func encode(_ tokens: TokenSet) -> [UInt8]? {
        Array("plain \(tokens.accessToken.revealed) \(tokens.refreshToken?.revealed ?? "")".utf8)
    }

    func decode(_ bytes: [UInt8]) -> TokenSet? {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard parts.count == 3, parts[0] == "plain" else { return nil }
        return Self.tokens(String(parts[1]), String(parts[2]))
    }
}

struct NoLuck: Error {}

extension TokenProduction {
    /// Asks to send a token, with an error as the end of the body.
    func spendOrStop(_ token: String) async throws(ProductionStop) -> Spending {
        do { return try await spend(Secret(token)) } catch { throw ProductionStop(error) }
    }

    func newestOrStop() throws(ProductionStop) -> StoredTokens? {
        do { return try newest() } catch { throw ProductionStop(error) }
    }

    func checkpointOrStop(_ tokens: TokenSet) throws(ProductionStop) {
        do { try checkpoint(tokens) } catch { throw ProductionStop(error) }
    }
}

extension Spending {
    var isAllowed: Bool { if case .allowed = self { true } else { false } }
}

final class Rounds: Sendable {
    private let number = Guarded(0)
    var count: Int { number.with { $0 } }
    func next() -> Int {
        number.with { number in
            number += 1
            return number
        }
    }
}
