import Dispatch
import Domain
import Foundation
import Locking
import Ports
import Testing

@testable import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a servant does with the last words of whoever it works for.
@Suite(.timeLimit(.minutes(1))) struct ServantDeskTests {
    @Test("A rotated token is stored whose sender was killed before that was done; who lives on does it itself")
    func lastWords() async throws {
        for takesLeave in [false, true] {
            let store = HeldProduction()
            var ends: [Int32] = [-1, -1]
            #if canImport(Glibc)
                try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
            #else
                try #require(socketpair(AF_UNIX, SOCK_STREAM, 0, &ends) == 0)
            #endif
            let (ours, theirs) = (ends[0], ends[1])
            let key = TokenKey(issuer: try Issuer("https://login.example.com"), clientID: try ClientID("client"))
            let tokens = TokenSet(
                accessToken: Secret("access"), tokenType: "Bearer", accessTokenExpiry: Timestamp(seconds: 1),
                expiresIn: nil, idToken: Secret("e30.e30.e30"), claims: IDTokenClaims(),
                refreshToken: Secret("rotated"),
                refreshTokenExpiry: nil)
            let servant = Task {
                await TokenStoreServant(time: QuickClock()) { _, _ in store }.serve(theirs) {}
            }
            do {
                let socket = MessageSocket(ours)
                try socket.send(ServantRequest.produce(.init(key), purpose: "refresh", deadline: nil))
                // The servant is in this call until whoever asks has gone.
                try socket.send(ServantRequest.spend("old"))
                try socket.send(ServantRequest.checkpoint(try #require(Data(record: tokens))))
                for await _ in store.asked { break }
                if takesLeave { try socket.send(ServantRequest.farewell) }
                socket.hangUp()
            }
            store.goOn()
            await servant.value
            #expect(store.checkpoints.map(\.refreshToken) == (takesLeave ? [] : [Secret("rotated")]))
            #expect(store.isLost == !takesLeave)
        }
    }
}

private struct QuickClock: TimeSource {
    func now() -> Timestamp { Timestamp(seconds: 0) }
    func uptime() -> Double { 0 }
    func sleep(seconds: Double) async { await Task.yield() }
}

/// A store of one production, which stands still in `spend` until a test lets it go on.
private final class HeldProduction: TokenStore, TokenProduction {
    private let state = Guarded((checkpoints: [TokenSet](), isLost: false))
    /// Tells when it stands.
    let asked: AsyncStream<Void>
    private let asks: AsyncStream<Void>.Continuation
    private let gate: AsyncStream<Void>
    private let opens: AsyncStream<Void>.Continuation

    init() {
        (asked, asks) = AsyncStream.makeStream()
        (gate, opens) = AsyncStream.makeStream()
    }

    var checkpoints: [TokenSet] { state.with { $0.checkpoints } }
    /// Whether the body ended as one of a process that was killed.
    var isLost: Bool { state.with { $0.isLost } }
    func goOn() { opens.yield() }

    func read(_ key: TokenKey) -> StoredTokens? { nil }
    func remove(_ key: TokenKey) {}
    func lastChange(_ key: TokenKey) -> LastChange { LastChange() }
    func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        do throws(ProductionStop) {
            return ProducedTokens(tokens: try await body(self), unstored: nil)
        } catch {
            state.with { $0.isLost = error.reason is ProducerLost }
            throw .stopped(error.reason)
        }
    }

    func newest() -> StoredTokens? { nil }
    func reserve() {}
    func spend(_ refreshToken: Secret) async -> Spending {
        asks.yield()
        // The end of whoever asked cancels this task; the test goes on all the same.
        await Task { for await _ in gate { break } }.value
        return .allowed(sentBy: nil)
    }
    func keep(_ refreshToken: Secret) {}
    func checkpoint(_ tokens: TokenSet) { state.with { $0.checkpoints.append(tokens) } }
    func noteRefused(_ refreshToken: Secret) {}
}
