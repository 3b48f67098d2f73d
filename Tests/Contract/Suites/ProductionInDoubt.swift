import Domain
import Locking
import Ports
import Production
import StoreProbe
import Testing

@Suite("A production whose store fails half-way")
struct ProductionInDoubt {
    @Test("that a checkpoint may be lost does not keep what follows from being stored")
    func checkpointThatIsThere() async throws {
        let records = DoubtfulRecords()
        let flight = SingleFlight(
            records: records, right: FreeRight(), limits: ProductionLimits(refresh: 60, signIn: 60),
            time: SkewedClock(), notices: Told())
        let produced = try await flight.produce(
            .refresh, waitingUntil: nil, isEnough: { _ in false }, isRight: { _ in false },
            body: { production throws(ProductionStop) in
                #expect(throws: TokenStoreError.self) {
                    try production.checkpoint(MadeUp.tokens("old", refresh: "rotated", expiry: 1))
                }
                return TokenStoreContract.live("new")
            })
        #expect(produced.unstored == nil)
        #expect(records.newest?.refresh == "refresh-new")
    }
}

/// Records of one key in memory; the first publishing is done, and reported as failed: as where a file has its name, but
/// its folder could not be synchronized.
private struct DoubtfulRecords: TokenRecords {
    struct Look: TokenLook {
        var tokens: TokenSet?
        var generation: UInt64 = 0
        var isRemoved: Bool { false }
        var isProduced: Bool { true }
    }

    private let latest = Guarded(Look())

    var newest: TokenSet? { latest.with { $0.tokens } }

    func look() -> Look { latest.with { $0 } }

    func stored(_ look: Look) -> StoredTokens? {
        look.tokens.map { StoredTokens(tokens: $0, generation: look.generation, isRefreshTokenRefused: false) }
    }

    func tidy() -> String? { nil }

    func reserve() -> [Bool] { [] }

    func publish(_ tokens: TokenSet, after look: Look, isCheckpoint: Bool, into reserved: Bool?)
        throws(TokenStoreError) -> (published: Bool, look: Look)
    {
        let result = latest.with { latest in
            guard latest.generation == look.generation else { return (published: false, look: latest) }
            latest = Look(tokens: tokens, generation: latest.generation + 1)
            return (published: true, look: latest)
        }
        if isCheckpoint { throw .notWritable(path: "folder", reason: "no space left") }
        return result
    }

    func noteRefused(_ refreshToken: Secret) {}
}

private struct FreeRight: ProductionRight {
    func take() -> ProductionRightOutcome { .held(Held()) }

    private struct Held: HeldRight {
        func note(_ purpose: ProductionPurpose, since: Timestamp) {}
        func end() {}
    }
}
