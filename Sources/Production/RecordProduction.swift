import Domain
import Locking
import Ports

/// What a producer does with a store while it has the right.
///
/// A class, since one thing changes: the look that its work is based on, and that must still hold when it publishes.
final class RecordProduction<Records: TokenRecords>: TokenProduction {
    private struct State: Sendable {
        var look: Records.Look
        var reserved: [Records.Reservation] = []
    }

    private let records: Records
    private let state: Guarded<State>

    init(records: Records, look: Records.Look) {
        self.records = records
        state = Guarded(State(look: look))
    }

    func newest() throws(TokenStoreError) -> StoredTokens? {
        let look = try records.look()
        // A removal is not forgotten by looking again: it wins over what this producer makes.
        if look.tokens != nil || !look.isRemoved { state.with { $0.look = look } }
        return records.stored(look)
    }

    func reserve() throws(TokenStoreError) {
        let reserved = try records.reserve()
        state.with { $0.reserved = reserved }
    }

    func spend(_ refreshToken: Secret) async throws(TokenStoreError) -> Spending {
        // The right is a lock of this host: whoever has it is alone.
        try reserve()
        return .allowed(sentBy: nil)
    }

    func keep(_ refreshToken: Secret) {}

    func checkpoint(_ tokens: TokenSet) throws(TokenStoreError) {
        try store(tokens, isCheckpoint: true)
    }

    func noteRefused(_ refreshToken: Secret) throws(TokenStoreError) {
        try records.noteRefused(refreshToken)
    }

    /// Publishes what was produced, unless somebody removed the record or published a newer one meanwhile; tells what came of it.
    func publish(_ tokens: TokenSet) -> ProducedTokens {
        do {
            let isPublished = try store(tokens, isCheckpoint: false)
            return ProducedTokens(tokens: tokens, unstored: nil, isDropped: !isPublished)
        } catch {
            return ProducedTokens(tokens: tokens, unstored: error)
        }
    }

    @discardableResult
    private func store(_ tokens: TokenSet, isCheckpoint: Bool) throws(TokenStoreError) -> Bool {
        let (look, reserved) = state.with { state in (state.look, state.reserved.popLast()) }
        do {
            let result = try records.publish(tokens, after: look, isCheckpoint: isCheckpoint, into: reserved)
            if result.published { state.with { $0.look = result.look } }
            return result.published
        } catch {
            // It may be there for all that, and only not surely for good: then it is ours, and what follows goes on from it.
            if let now = try? records.look(), now.tokens?.accessToken == tokens.accessToken,
                now.tokens?.refreshToken == tokens.refreshToken
            {
                state.with { $0.look = now }
            }
            throw error
        }
    }
}
