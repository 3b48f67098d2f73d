import Domain
import Ports
import Production

/// The queue before a shared right: one process of a host asks the server, the others listen to what it tells this host.
struct SharedQueue: Sendable {
    let key: SharedKey
    let purpose: ProductionPurpose

    /// How the waiting ended.
    enum Turn: Sendable {
        /// The right is ours.
        case mine(HeldShare, SharedLook)
        /// Nobody needs it, since nothing is to be refreshed; of this host it is our turn, until that is given back.
        case needless(SharedLook, any HeldRight)
        /// Somebody else's tokens will do.
        case taken(TokenSet)
    }

    /// Pauses between looks at the server, in seconds.
    private static let polls = (first: 0.05, longest: 1.0)

    /// How long the first of a host may keep the others from finding that nothing is to be refreshed, in beats: with their pauses
    /// it must stay below the limit of waiting.
    private static let longestTurn = 4.0

    /// The pause between looks at this host's notes after that many seconds of waiting, in seconds.
    ///
    /// Hundreds may wait on one host for minutes, who should not keep it busy.
    private static func pause(waited: Double) -> Double {
        max(min(0.05, 0.005 + waited / 4), min(0.25, waited / 100))
    }

    /// Waits until it is our turn, or no longer necessary.
    ///
    /// - Parameter heard: this host's news from before the first look.
    func turn(
        since first: SharedLook, hearing heard: [UInt8]?, _ patience: inout Patience, isEnough: (TokenSet) -> Bool,
        isRight: (TokenSet) -> Bool
    ) async throws(TokenStoreError) -> Turn {
        let (store, newsNote) = (key.store, key.note("news"))
        var queue = store.notes.queue(key.note("queue"))
        var place: (any HeldRight)?
        defer { place?.end() }
        var news = heard
        var holder: RightHolder?
        var trouble: SharedFolderFailure?
        // Who keeps this host from finding that nothing is to be refreshed, and since when.
        var (firstOfHost, idleSince): (RightHolder?, Double?)
        var poll = Self.polls.first
        let began = store.time.uptime()
        // One that is not at the head asks rarely: the head may be a process that somebody has stopped.
        var (nextPoll, nextLook) = (0.0, began + Patience.silence)
        while true {
            if place == nil, let line = queue {
                do {
                    switch try line.take() {
                    case .held(let right): (place, nextPoll) = (right, 0)
                    case .busy(let somebody): firstOfHost = somebody
                    }
                } catch {
                    // Where nobody can queue, each asks for itself.
                    queue = nil
                }
            }
            var failing = 0.0
            let now = store.time.uptime()
            let latest = store.notes.note(newsNote)
            let isNews = latest != news
            if isNews { poll = Self.polls.first }
            let isHead = place != nil || queue == nil
            if isNews || (isHead ? now >= nextPoll : now >= nextLook) {
                news = latest
                let attempt = try attempt(
                    since: first, idle: idle(isFirst: place != nil, hasQueue: queue != nil, since: idleSince, at: now),
                    isEnough, isRight)
                trouble = nil
                switch attempt {
                case .taken(let tokens): return .taken(tokens)
                case .claim(.won(let share, let look)): return .mine(share, look)
                case .claim(.needless(let look)):
                    guard let turn = place else { break }
                    turn.note(purpose, since: store.time.now())
                    place = nil
                    return .needless(look, turn)
                case .claim(.left): (holder, idleSince) = (firstOfHost ?? holder, idleSince ?? now)
                case .claim(.busy(let somebody, let failure)):
                    (holder, trouble) = (somebody ?? holder, failure)
                    // What comes of that is something new to wait for.
                    if somebody?.purpose == .signIn { idleSince = nil }
                case .claim(.outOfDate): poll = Self.polls.first
                case .trouble(let failure): (trouble, failing) = (failure, store.time.uptime() - now)
                }
                nextPoll = store.time.uptime() + poll * (0.5 + fraction() / 2)
                nextLook = store.time.uptime() + 2 * store.times.beat * (0.5 + fraction())
                poll = min(Self.polls.longest, poll * 1.5)
            }
            try wait(&patience, for: holder, trouble, failing)
            await store.time.sleep(seconds: Self.pause(waited: store.time.uptime() - began))
        }
    }

    /// What a process does with a right that a refresh has no use for.
    ///
    /// - Parameter since: when it first left that to the process whose turn it is, which somebody may have stopped.
    private func idle(isFirst: Bool, hasQueue: Bool, since: Double?, at now: Double) -> IdleRight {
        if purpose != .refresh || !hasQueue { return .taken }
        if isFirst { return .needless }
        return since.map { now - $0 > Self.longestTurn * key.store.times.beat } ?? false ? .taken : .left
    }

    /// Goes on waiting; where the last thing that was met is trouble and nobody's work, that is what it ends with.
    private func wait(
        _ patience: inout Patience, for holder: RightHolder?, _ trouble: SharedFolderFailure?, _ failing: Double
    ) throws(TokenStoreError) {
        do {
            // A call that fails may take minutes to do so, and the process waits all that time.
            try patience.wait(for: holder, failing: failing)
        } catch {
            guard case .waitedTooLong = error, let trouble else { throw error }
            throw trouble.whenWriting
        }
    }

    private enum Attempt {
        case taken(TokenSet)
        case claim(Claim)
        case trouble(SharedFolderFailure)
    }

    private func attempt(
        since first: SharedLook, idle: IdleRight, _ isEnough: (TokenSet) -> Bool, _ isRight: (TokenSet) -> Bool
    ) throws(TokenStoreError) -> Attempt {
        do throws(SharedFolderFailure) {
            let look = try key.look()
            if let tokens = look.tokens, isEnough(tokens) || isNews(look, since: first) && isRight(tokens) {
                return .taken(tokens)
            }
            return .claim(try key.claim(after: look, purpose, idle: idle))
        } catch {
            // A server that is away is waited for as everything else is.
            if error.isPassing { return .trouble(error) }
            throw error.whenWriting
        }
    }

    /// Whether somebody has published tokens since the first look: those are taken whatever this host's clock says of them.
    private func isNews(_ look: SharedLook, since first: SharedLook) -> Bool {
        look.generation > first.generation && look.isProduced
    }

    private func fraction() -> Double { Backoff.fraction(of: key.store.random.randomBytes(8)) }
}
