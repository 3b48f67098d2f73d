import Domain
import Files
import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A servant within this process, and the other end of its socket.
enum ServantHere {
    /// Starts one; gives the descriptor of the socket to it, whose owner closes it.
    static func start(
        time: any TimeSource = SkewedClock(), patience: Double = 5,
        _ store: @escaping @Sendable (any TimeSource) -> any TokenStore
    ) throws(TokenStoreError) -> Int32 {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw BrokenStore.error }
        let (ours, theirs) = (ends[0], ends[1])
        Task {
            await TokenStoreServant(time: time, patience: patience) { time, _ in store(time) }.serve(theirs) {}
        }
        return ours
    }
}

/// A store of one record; `produce` runs its bodies with these productions, one after the other until one succeeds.
final class ScriptedStore: TokenStore {
    private let stored: Shared<StoredTokens?>
    private let productions: [any TokenProduction]
    /// Runs beside a body, as the beat of a right does.
    private let beside: @Sendable () async -> Void

    init(
        _ stored: StoredTokens? = nil, _ productions: [any TokenProduction],
        beside: @escaping @Sendable () async -> Void = {}
    ) {
        self.stored = Shared(stored)
        self.productions = productions
        self.beside = beside
    }

    func read(_ key: TokenKey) -> StoredTokens? { stored.value }
    func remove(_ key: TokenKey) { stored.change { $0 = nil } }
    func lastChange(_ key: TokenKey) -> LastChange { LastChange() }

    func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        var last: any Error = NoLuck()
        for production in productions {
            switch await run(body, production) {
            case .success(let tokens):
                stored.change {
                    let number = ($0?.generation ?? 0) + 1
                    $0 = StoredTokens(tokens: tokens, generation: number, isRefreshTokenRefused: false)
                }
                return ProducedTokens(tokens: tokens, unstored: nil)
            case .failure(let stop): last = stop.reason
            }
        }
        throw .stopped(last)
    }

    private func run(
        _ body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet,
        _ production: any TokenProduction
    ) async -> Result<TokenSet, ProductionStop> {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.beside() }
            defer { group.cancelAll() }
            do throws(ProductionStop) {
                return .success(try await body(production))
            } catch {
                return .failure(error)
            }
        }
    }
}

/// A right under which that record is the newest, and asking to send its refresh token comes to this.
struct ScriptedProduction: TokenProduction {
    var record: StoredTokens?
    var spending: Result<Spending, TokenStoreError> = .success(.allowed(sentBy: nil))

    func newest() -> StoredTokens? { record }
    func reserve() {}
    func spend(_ refreshToken: Secret) async throws(TokenStoreError) -> Spending { try spending.get() }
    func keep(_ refreshToken: Secret) {}
    func checkpoint(_ tokens: TokenSet) {}
    func noteRefused(_ refreshToken: Secret) {}
}

/// How often something has happened.
final class Tally: Sendable {
    private let number = Shared(0)

    var count: Int { number.value }
    func mark() { number.change { $0 += 1 } }
}
