import Domain
import Locking
package import Ports

/// What this process signed in for and could not leave behind for others: it serves this process.
///
/// The person is told of it once, however often it is tried to store something.
package final class UnstoredTokens: Sendable {
    private struct State: Sendable {
        var tokens: [TokenKey: TokenSet] = [:]
        var problem: TokenStoreError?
        var isTold = false
    }

    private let notices: any Notices
    private let state = Guarded(State())

    /// None yet.
    package init(notices: any Notices) {
        self.notices = notices
    }

    /// Why something could not be stored; nil where nothing was to be, or the last that was to be was.
    package var problem: TokenStoreError? { state.with { $0.problem } }

    /// Leaves it to the caller to tell the person.
    package func tellsNobody() { state.with { $0.isTold = true } }

    /// Notes that nothing can be stored, and tells the person.
    func failed(_ error: TokenStoreError) {
        let isNews = state.with { state in
            defer { (state.problem, state.isTold) = (error, true) }
            return !state.isTold
        }
        if isNews { notices.warn("\(error) Until then every process has to sign in by itself.") }
    }

    /// Tokens that could not be stored.
    func keep(_ tokens: TokenSet, _ key: TokenKey) { state.with { $0.tokens[key] = tokens } }

    /// Notes that in the end there was room for what there is of that key.
    func stored(_ key: TokenKey) {
        state.with { state in
            state.problem = nil
            state.tokens[key] = nil
        }
    }

    /// Tokens of that key that could not be stored; nil where there are none.
    func tokens(_ key: TokenKey) -> TokenSet? { state.with { $0.tokens[key] } }
}
