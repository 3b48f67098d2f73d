import Domain
import Locking
import Ports

/// What a producer does with a host's own store and the shared one while it has the rights of both.
///
/// What others must know goes to the shared store, and a copy of it to the host's. Once the shared one fails, this host goes
/// on alone, and what it makes is marked so that it is published at the next contact.
final class NodeLocalProduction: TokenProduction {
    /// How far the shared store can be reached.
    enum Contact: Sendable {
        /// Its right is ours.
        case right(any TokenProduction)
        /// It can be read, as far as is known, but not written.
        case readable
        /// It is there for others, and this host must not or can't use it.
        case closed
        /// It is out of reach.
        case none

        /// What is left of it after that error.
        init(after error: TokenStoreError) {
            switch error {
            case .notWritable: self = .readable
            case .refused, .contradicted, .unusable, .notReadable(_, _, .permission): self = .closed
            case .notReadable, .overtaken, .waitedTooLong, .stopped: self = .none
            }
        }
    }

    private struct State: Sendable {
        var contact: Contact
        /// The shared generation that what this host makes alone is based on; nil where that is not known.
        var base: UInt64?
        var lineage: ProductionPurpose
        /// Whether a refresh token may have been sent.
        var hasSpent: Bool
        /// The one that was allowed last, as long as nobody has said what came of it.
        var unanswered: Secret?
        /// What was sent to the shared store and may have arrived (`SharedOrigin.offered`).
        var offered: String
    }

    private let key: TokenKey
    private let mine: any TokenProduction
    private let stores: NodeLocalStores
    private let source: Guarded<RecordSource>
    private let state: Guarded<State>

    /// What is done for that purpose on a host whose own record is `record`.
    init(
        _ key: TokenKey, _ purpose: ProductionPurpose, _ mine: any TokenProduction, _ contact: Contact,
        record: HostRecord, hasSpent: Bool, stores: NodeLocalStores, source: Guarded<RecordSource>
    ) {
        self.key = key
        self.mine = mine
        self.stores = stores
        self.source = source
        // A sign-in of this host alone stays one, however often it is refreshed.
        let lineage = record.base?.alone == .signIn ? .signIn : purpose
        let base = record.stored == nil ? 0 : record.base?.generation
        state = Guarded(
            State(
                contact: contact, base: base, lineage: lineage, hasSpent: hasSpent, offered: record.base?.offered ?? "")
        )
    }

    /// Brings each store up to date with the other; gives the newest record of both.
    func level() throws(TokenStoreError) -> StoredTokens? {
        let seen = try look()
        switch seen.choice {
        case .none: break
        case .shared:
            guard let theirs = seen.theirs else { break }
            cameFrom(theirs.generation)
            // What is made next is based on that very number: if only the record of it is written, it must be known.
            let isCopy = seen.own.origin == SharedOrigin(generation: theirs.generation)
            if seen.own.stored?.isSame(as: theirs) != true || !isCopy {
                try? mine.checkpoint(theirs.tokens)
            }
        case .hosts:
            guard case .right(let right) = contact, let own = seen.own.stored else { break }
            offer(own.tokens)
            do {
                try right.checkpoint(own.tokens)
                if let now = try right.newest(), now.isSame(as: own) {
                    cameFrom(now.generation)
                    try? mine.checkpoint(own.tokens)
                }
            } catch {
                try loseUnlessAnswered(error)
            }
        }
        return seen.newest
    }

    /// Whether a refresh token may have been sent: then nothing is begun anew without the shared store.
    var hasSpent: Bool { state.with { $0.hasSpent } }

    func newest() throws(TokenStoreError) -> StoredTokens? { try look().newest }

    func reserve() throws(TokenStoreError) {
        guard case .right(let right) = contact else { return try mine.reserve() }
        do {
            try right.reserve()
            try? mine.reserve()
        } catch {
            // A sign-in spends nothing: this host alone can keep what comes of it.
            try loseUnlessAnswered(error)
            try mine.reserve()
        }
    }

    func spend(_ refreshToken: Secret) async throws(TokenStoreError) -> Spending {
        let spending = try await allowance(refreshToken)
        if case .allowed = spending { state.with { ($0.hasSpent, $0.unanswered) = (true, refreshToken) } }
        return spending
    }

    private func allowance(_ refreshToken: Secret) async throws(TokenStoreError) -> Spending {
        guard case .right(let right) = contact else {
            // Others would send it once more.
            if mayBeShared(refreshToken) { return .spent }
            return try await mine.spend(refreshToken)
        }
        do {
            let spending = try await right.spend(refreshToken)
            if case .allowed = spending { try? mine.reserve() }
            return spending
        } catch .notWritable(let path, let reason, let lack) {
            // Others can read it there, and would send it once more.
            isLost(.notWritable(path: path, reason: reason, lack: lack))
            return .spent
        } catch {
            try loseUnlessAnswered(error)
            return try await allowance(refreshToken)
        }
    }

    /// Whether others may have this refresh token from the shared store, which is not out of their reach.
    private func mayBeShared(_ refreshToken: Secret) -> Bool {
        if case .readable = contact {
            do {
                return try stores.shared.read(key)?.tokens.refreshToken == refreshToken
            } catch {
                isLost(error)
            }
        }
        if case .none = contact { return false }
        // What was sent there, and may have arrived, they have as well.
        if state.with({ $0.offered }) == stores.local.hash(refreshToken) { return true }
        return (try? stores.local.hostRecord(key))?.base?.alone == nil
    }

    /// Remembers of a refresh token whose answer never came that it counts as sent, for this host and all others: not each
    /// store of a home has markers that say so.
    func noteUnanswered() {
        if let unanswered = state.with({ $0.unanswered }) { try? noteRefused(unanswered) }
    }

    func keep(_ refreshToken: Secret) {
        state.with { $0.unanswered = nil }
        if case .right(let right) = contact { right.keep(refreshToken) }
        mine.keep(refreshToken)
    }

    func checkpoint(_ tokens: TokenSet) throws(TokenStoreError) {
        state.with { $0.unanswered = nil }
        // Here first: that is done in a moment, and survives whatever the shared folder does.
        offer(tokens)
        isAlone()
        try inBoth { production throws(TokenStoreError) in try production.checkpoint(tokens) }
    }

    func noteRefused(_ refreshToken: Secret) throws(TokenStoreError) {
        try inBoth { production throws(TokenStoreError) in try production.noteRefused(refreshToken) }
    }

    /// Decides what becomes of the host's own record, once the shared store has what was produced, or has not.
    func settle(_ produced: ProducedTokens) {
        if let unstored = produced.unstored {
            offer(produced.tokens)
            isLost(unstored)
            return isAlone()
        }
        do {
            guard let now = try stores.shared.read(key) else {
                // Removed meanwhile.
                return source.with { $0.isWithheld = true }
            }
            cameFrom(now.generation)
            guard !now.tokens.isSame(as: produced.tokens) else { return }
            try? mine.checkpoint(now.tokens)
            source.with { $0.isWithheld = true }
        } catch {
            isLost(error)
            isAlone()
        }
    }

    /// What is published from now on is this host's own work.
    func isAlone() {
        let state = state.with { $0 }
        source.with {
            $0.origin = state.base.map {
                SharedOrigin(generation: $0, alone: state.lineage, offered: state.offered)
            }
        }
    }

    /// Remembers what goes to the shared store now, in case nobody tells whether it arrived.
    private func offer(_ tokens: TokenSet) {
        guard case .right = contact, let refreshToken = tokens.refreshToken else { return }
        let offered = stores.local.hash(refreshToken)
        state.with { $0.offered = offered }
    }

    private struct Seen {
        var own: HostRecord
        var theirs: StoredTokens?
        var choice: NewerTokens

        var newest: StoredTokens? {
            switch choice {
            case .none: nil
            case .hosts: own.stored
            case .shared: theirs
            }
        }
    }

    private func look() throws(TokenStoreError) -> Seen {
        let stored = try mine.newest()
        var own = try stores.local.hostRecord(key)
        own.stored = stored
        do {
            let theirs: StoredTokens?
            switch contact {
            case .right(let right): theirs = try right.newest()
            case .readable: theirs = try stores.shared.read(key)
            case .closed, .none: return Seen(own: own, theirs: nil, choice: stored == nil ? .none : .hosts)
            }
            let last = theirs == nil && stored != nil ? try stores.shared.lastChange(key) : LastChange()
            let base = theirs?.generation ?? 0
            state.with { $0.base = base }
            return Seen(
                own: own, theirs: theirs,
                choice: .choice(own, shared: theirs, last: last, hash: stores.local.hash))
        } catch {
            try loseUnlessAnswered(error)
            return Seen(own: own, theirs: nil, choice: stored == nil ? .none : .hosts)
        }
    }

    private func inBoth(_ call: (any TokenProduction) throws(TokenStoreError) -> Void) throws(TokenStoreError) {
        var problem: TokenStoreError?
        do {
            try call(mine)
        } catch {
            problem = error
        }
        if case .right(let right) = contact {
            do {
                return try call(right)
            } catch {
                isLost(error)
            }
        }
        if let problem { throw problem }
    }

    private var contact: Contact { state.with { $0.contact } }

    private func cameFrom(_ generation: UInt64) {
        state.with { ($0.base, $0.offered) = (generation, "") }
        source.with { $0.origin = SharedOrigin(generation: generation) }
    }

    /// Goes on alone after an error, but for one by which the shared store has answered: somebody else is at work there, who
    /// may send the same token.
    private func loseUnlessAnswered(_ error: TokenStoreError) throws(TokenStoreError) {
        if error.isAnswer { throw error }
        isLost(error)
    }

    private func isLost(_ error: TokenStoreError) {
        stores.warnOfShared(error)
        state.with { $0.contact = Contact(after: error) }
    }
}

extension TokenStoreError {
    /// Whether the store has answered, so that nobody may go on without it: it is not out of reach.
    var isAnswer: Bool {
        switch self {
        case .contradicted, .overtaken, .waitedTooLong, .stopped: true
        case .refused, .unusable, .notWritable, .notReadable: false
        }
    }
}
