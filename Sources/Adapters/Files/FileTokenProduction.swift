import Domain
import Locking
import Ports

/// What a producer does with the files while it has the right.
///
/// A class, since one thing changes: the look that its work is based on, and that must still hold when it publishes.
final class FileTokenProduction: TokenProduction {
    private struct State: Sendable {
        var look: TokenFiles.Look
        var reserved: [TokenFiles.Reservation] = []
    }

    private let files: TokenFiles
    private let state: Guarded<State>

    init(files: TokenFiles, look: TokenFiles.Look) {
        self.files = files
        state = Guarded(State(look: look))
    }

    func newest() throws(TokenStoreError) -> StoredTokens? {
        let look = try files.look()
        // A removal is not forgotten by looking again: it wins over what this producer makes.
        if look.tokens != nil || !look.state.isRemoved { state.with { $0.look = look } }
        return files.stored(look)
    }

    func reserve() throws(TokenStoreError) {
        do {
            // One for the checkpoint, one for what follows it.
            let reserved = [try files.reserve(), try files.reserve()]
            state.with { $0.reserved = reserved }
        } catch {
            throw .notWritable(path: error.path, reason: error.reason)
        }
    }

    func checkpoint(_ tokens: TokenSet) throws(TokenStoreError) {
        try store(tokens, isCheckpoint: true)
    }

    func noteRefused(_ refreshToken: Secret) throws(TokenStoreError) {
        try files.noteRefused(refreshToken)
    }

    /// Publishes what was produced, unless somebody removed the record or published a newer one meanwhile; tells why it could not be stored.
    func publish(_ tokens: TokenSet) -> TokenStoreError? {
        do {
            try store(tokens, isCheckpoint: false)
            return nil
        } catch {
            return error
        }
    }

    private func store(_ tokens: TokenSet, isCheckpoint: Bool) throws(TokenStoreError) {
        let (look, reserved) = state.with { state in (state.look, state.reserved.popLast()) }
        let result = try files.publish(tokens, after: look, isCheckpoint: isCheckpoint, into: reserved)
        if result.published { state.with { $0.look = result.look } }
    }
}
