import Domain
import Ports
import StoreProbe
import Testing

/// What every token store promises: the sentences of the port, and those of docs/cache-protocol.md.
@Suite("Token store contract")
enum TokenStoreContract {
    /// So many seconds from now, on the real clock.
    static func soon(_ seconds: Int64 = 3600) -> Int64 { SkewedClock().now().seconds + seconds }

    /// Tokens that are live on the real clock.
    static func live(_ name: String, refresh: String? = nil) -> TokenSet {
        MadeUp.tokens(name, refresh: refresh, expiry: soon())
    }

    /// Tokens that are over.
    static func over(_ name: String) -> TokenSet { MadeUp.tokens(name, expiry: 1000) }
}

extension TokenStore {
    /// Produces, unless live tokens are there.
    func produceUnlessLive(
        _ key: TokenKey, _ purpose: ProductionPurpose = .refresh,
        _ body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        try await produce(
            key, purpose, waitingUntil: nil, isEnough: { $0.accessTokenExpiry.seconds > TokenStoreContract.soon(10) },
            isRight: { _ in true }, body: body)
    }

    /// Produces whatever is there; gives what came out.
    @discardableResult
    func publish(_ tokens: TokenSet, _ key: TokenKey) async throws(TokenStoreError) -> ProducedTokens {
        try await publish(key) { _ in tokens }
    }
}

extension TokenSet {
    /// The access token's text.
    var access: String { accessToken.revealed }
    /// The refresh token's text.
    var refresh: String? { refreshToken?.revealed }
}

extension TokenProduction {
    /// A call of the right, with its error as the end of the body.
    func orStop<Result>(_ call: (Self) throws -> Result) throws(ProductionStop) -> Result {
        do {
            return try call(self)
        } catch {
            throw ProductionStop(error)
        }
    }
}

/// An error of a test's own.
struct NoLuck: Error, Equatable {}
