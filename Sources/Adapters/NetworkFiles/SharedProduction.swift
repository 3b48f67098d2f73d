import Domain
import Locking
import Ports

/// What a producer does with a shared folder while it has the right, and with what it has in hand when it has it no more.
final class SharedProduction: TokenProduction {
    struct State: Sendable {
        /// The right; nil where it was given back or lost, or none was needed.
        var share: HeldShare?
        /// The right to what follows, where its lease was linked and the checkpoint before it could not be stored yet.
        var next: HeldShare?
        /// The number that this producer works for.
        var goal: UInt64
        /// The tokens that were about to be sent, by their markers, and whether they are as good as before.
        var spent: [(token: Secret, marker: SpentName, isKept: Bool)] = []
        /// The files that have their room already.
        var reserved: Reserved?
        /// Which exchange the checkpoint that was stored came from.
        var exchanges: UInt64?
        /// Markers whose making failed, and which may be there all the same: nothing was sent under them.
        var doubtful: [SpentName] = []
        /// The bytes of a checkpoint whose storing failed, and which may be there all the same.
        var doubtfulCheckpoint: [UInt8]?
        /// Why the work begins anew, if it does.
        var restart: Restart?
    }

    /// Why a production is over, and begun anew.
    enum Restart: Sendable {
        /// Somebody else has the right, or has published.
        case overtaken
        /// The server did not do what may succeed a moment later: what the caller is told in the end.
        case trouble(TokenStoreError)

        /// The trouble; nil where there is none.
        var trouble: TokenStoreError? { if case .trouble(let error) = self { error } else { nil } }
    }

    /// What is set aside before a refresh token is sent.
    struct Reserved: Sendable {
        var records: [any UnnamedFile]
        var slips: (lease: any UnnamedFile, end: any UnnamedFile)?

        func discard() {
            for file in records { file.discard() }
            slips?.lease.discard()
            slips?.end.discard()
        }
    }

    let key: SharedKey
    let purpose: ProductionPurpose
    /// When the caller has something else to fall back on; nil where it has nothing.
    let deadline: Deadline?
    /// Whether it began without a right, since nothing was to be sent.
    private let isNeedless: Bool
    let state: Guarded<State>

    /// How many bytes are set aside for a record.
    static let recordRoom = 65_536

    /// - Parameter share: the right to what follows that look; nil where nothing is to be sent, so that it takes none.
    init(
        _ key: SharedKey, _ purpose: ProductionPurpose, _ deadline: Deadline?, _ share: HeldShare?,
        after look: SharedLook
    ) {
        self.key = key
        self.purpose = purpose
        self.deadline = deadline
        isNeedless = share == nil
        state = Guarded(State(share: share, goal: look.highest + 1))
    }

    var restart: Restart? { state.with { $0.restart } }

    func newest() throws(TokenStoreError) -> StoredTokens? {
        var look: SharedLook
        do throws(SharedFolderFailure) {
            look = try key.look()
            if look.foreign != nil {
                try importForeign(look)
                look = try key.look()
            }
        } catch {
            throw startOver(after: error, error.whenReading)
        }
        // Without a right nothing keeps others from publishing, and what they have may be enough.
        if isNeedless, state.with({ $0.goal != look.highest + 1 }) { throw startOver() }
        return key.stored(look)
    }

    /// Makes a record like others of what the other tool wrote, before anything is based on it.
    func importForeign(_ look: SharedLook) throws(SharedFolderFailure) {
        guard let foreign = look.foreign else { return }
        try advance(Draft(kind: .imported, tokens: foreign.tokens, body: foreign.bytes))
    }

    func reserve() throws(TokenStoreError) {
        guard state.with({ $0.reserved?.records.isEmpty ?? true }) else { return }
        let goal = state.with { $0.goal }
        var reserved = Reserved(records: [])
        do throws(SharedFolderFailure) {
            // The last one goes first: the checkpoint's.
            reserved.records.append(try key.makeFile(for: goal + 1, room: Self.recordRoom))
            reserved.records.append(try key.makeFile(for: goal, room: Self.recordRoom))
            reserved.slips = (
                try key.makeFile(for: goal + 1, room: SharedKey.slipRoom),
                try key.makeFile(for: goal + 1, room: SharedKey.slipRoom)
            )
        } catch {
            reserved.discard()
            throw startOver(after: error, error.whenWriting)
        }
        let all = reserved
        state.with { $0.reserved = all }
    }

    func keep(_ refreshToken: Secret) {
        state.with { state in
            for index in state.spent.indices where state.spent[index].token == refreshToken {
                state.spent[index].isKept = true
            }
        }
    }

    func checkpoint(_ tokens: TokenSet) throws(TokenStoreError) {
        guard let draft = draft(.checkpoint, tokens) else { throw unencoded }
        do throws(SharedFolderFailure) {
            try advance(draft)
        } catch {
            state.with { $0.doubtfulCheckpoint = draft.body }
            throw error.whenWriting
        }
    }

    func noteRefused(_ refreshToken: Secret) throws(TokenStoreError) {
        let right = state.with { state in
            // It was refused, so that nothing that comes now was made of it.
            state.spent.removeAll { $0.token == refreshToken && !$0.isKept }
            return state.share?.name ?? RightName(generation: state.goal, epoch: 0)
        }
        try writing { () throws(SharedFolderFailure) in
            let look = try key.look()
            guard let newest = look.newest, newest.tokens?.refreshToken == refreshToken else { return }
            let hash = key.hash(refreshToken, exchanges: newest.exchanges)
            _ = try key.writeOnce(.refused(hash), MarkerSlip(right: right).bytes, for: right.generation)
        }
    }

    /// What is to be published of these tokens; nil where they can't be encoded.
    func draft(_ kind: SharedRecord.Kind, _ tokens: TokenSet) -> Draft? {
        key.store.coding.encode(tokens).map { body in
            state.with { state in
                Draft(
                    kind: kind, tokens: tokens, body: body, exchanged: state.spent.last { !$0.isKept }?.token,
                    exchanges: kind == .record ? state.exchanges : nil,
                    doubtfulCheckpoint: kind == .record ? state.doubtfulCheckpoint : nil)
            }
        }
    }

    var unencoded: TokenStoreError {
        .notWritable(path: key.folder.path, reason: "the tokens can't be encoded")
    }

    /// Publishes a record that is not the last word, and goes on with the right to the next one.
    ///
    /// The lease of that comes first, so that nobody else gets it; where somebody has it, the record is published all the same.
    private func advance(_ draft: Draft) throws(SharedFolderFailure) {
        let share = liveShare
        if let share, state.with({ $0.next == nil }) {
            let name = RightName(generation: share.name.generation + 1, epoch: 0)
            let slips = state.with { state in
                defer { state.reserved?.slips = nil }
                return state.reserved?.slips
            }
            // Without it the record is published all the same.
            let next = try? key.lease(name, purpose, into: slips)
            state.with { $0.next = next }
        }
        let goal = state.with { $0.goal }
        switch try publish(draft, as: goal) {
        case .made(let record):
            let (old, next) = state.with { state in
                defer {
                    state.goal = record.generation + 1
                    state.share = record.generation == goal ? state.next : nil
                    state.next = nil
                    state.exchanges = draft.kind == .checkpoint ? record.exchanges : nil
                }
                return (state.share, record.generation == goal ? nil : state.next)
            }
            if let old { end(old, .done) }
            if let next { end(next, .released) }
        case .dropped:
            releaseAll(.released)
        }
    }

    /// Publishes into what was reserved.
    func publish(_ draft: Draft, as goal: UInt64) throws(SharedFolderFailure) -> Publication {
        // Two never work with the same files: each takes them out first.
        var files = state.with { state in
            defer { state.reserved?.records = [] }
            return state.reserved?.records ?? []
        }
        defer {
            let left = files
            state.with { state in
                if state.reserved == nil {
                    state.reserved = Reserved(records: left)
                } else {
                    state.reserved?.records = left
                }
            }
        }
        return try key.publish(draft, as: goal, into: &files)
    }

    /// The right, as long as it lasts.
    var liveShare: HeldShare? {
        let now = key.time.uptime()
        return state.with { state in state.share.flatMap { now < $0.end ? $0 : nil } }
    }

    /// Gives back whatever right there is.
    func releaseAll(_ kind: EndSlip.Kind) {
        let (share, next) = state.with { state in
            defer { (state.share, state.next) = (nil, nil) }
            return (state.share, state.next)
        }
        if let share { end(share, kind) }
        if let next { end(next, .released) }
    }

    private func end(_ share: HeldShare, _ kind: EndSlip.Kind) {
        let unsent = state.with { state in (state.spent.filter(\.isKept).map(\.marker) + state.doubtful).map(\.text) }
        key.end(share, EndSlip(kind: kind, unsent: unsent))
    }
}
