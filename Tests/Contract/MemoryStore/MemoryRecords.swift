import Domain
import Locking
import Ports
import Production

/// One key's record in memory.
struct MemoryRecords: TokenRecords {
    let key: String
    let rows: Guarded<[String: Look]>

    struct Look: TokenLook {
        var tokens: TokenSet?
        var generation: UInt64 = 0
        var isRemoved = false
        var isCheckpoint = false
        var refused: Secret?

        var isProduced: Bool { !isCheckpoint }
    }

    /// There is always room.
    struct Reservation: Sendable {}

    func look() -> Look { rows.with { $0[key] ?? Look() } }

    func stored(_ look: Look) -> StoredTokens? {
        guard let tokens = look.tokens else { return nil }
        let isRefused = tokens.refreshToken.map { $0 == look.refused } ?? false
        return StoredTokens(tokens: tokens, generation: look.generation, isRefreshTokenRefused: isRefused)
    }

    func tidy() -> String? { nil }

    func reserve() -> [Reservation] { [] }

    func publish(_ tokens: TokenSet, after look: Look, isCheckpoint: Bool, into reserved: Reservation?)
        -> (published: Bool, look: Look)
    {
        rows.with { rows in
            let now = rows[key] ?? Look()
            guard now.generation == look.generation else { return (false, now) }
            let next = Look(tokens: tokens, generation: now.generation + 1, isCheckpoint: isCheckpoint)
            rows[key] = next
            return (true, next)
        }
    }

    func noteRefused(_ refreshToken: Secret) {
        rows.with { $0[key]?.refused = refreshToken }
    }

    func remove() {
        rows.with { $0[key] = Look(generation: ($0[key]?.generation ?? 0) + 1, isRemoved: true) }
    }
}
