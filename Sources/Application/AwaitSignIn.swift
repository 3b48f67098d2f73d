package import Domain
package import Ports

/// Waits for a sign-in that runs in a process of its own, and shows the person what it waits for.
package struct AwaitSignIn: Sendable {
    let key: TokenKey
    let store: any TokenStore
    let journal: any SignInJournal
    let starter: any SignInStarter
    let interrupts: any Interrupts
    let time: any TimeSource
    let notices: any Notices
    let console: any SignInConsole
    /// What only the process of the person who sits there knows.
    let seat: Seat
    let http: any HTTPClient
    /// How this process would have signed in itself.
    let wish: SignInWish

    /// How often it looks, in seconds.
    static let interval = 0.05
    /// In how many rounds it looks for tokens, while the journal tells of nothing new.
    private static let roundsPerLook = 20
    /// For how many rounds a sign-in that was cancelled is given time to end.
    private static let roundsToEnd = 40

    /// The wait for sign-ins of that key.
    package init(
        key: TokenKey, store: any TokenStore, journal: any SignInJournal, starter: any SignInStarter,
        interrupts: any Interrupts, time: any TimeSource, notices: any Notices, console: any SignInConsole,
        seat: Seat, http: any HTTPClient, wish: SignInWish = SignInWish()
    ) {
        self.key = key
        self.store = store
        self.journal = journal
        self.starter = starter
        self.interrupts = interrupts
        self.time = time
        self.notices = notices
        self.console = console
        self.seat = seat
        self.http = http
        self.wish = wish
    }

    /// Whether a sign-in is under way, whoever started it.
    var isUnderWay: Bool { journal.latest(key)?.isUnderWay ?? false }

    /// Gives the tokens that the sign-in made; nil where its process has died without a word.
    ///
    /// Ctrl-C here cancels a sign-in that was started here; any other end of this process leaves it running.
    /// Whoever started it has begun to notice Ctrl-C before.
    func callAsFunction(_ need: TokenNeed, started: Int32?, _ use: ConsoleUse) async throws(SignInProblem) -> TokenSet?
    {
        let hearsInterrupts = started != nil || use == .read
        if started == nil, hearsInterrupts { interrupts.begin() }
        defer { if hearsInterrupts { interrupts.end() } }
        let person = PersonalConsole(key: key, use, console, http: http, time: time, notices: notices)
        defer { person?.end() }
        let tell = { @Sendable (line: String) in if let person { person.tell(line) } else { notices.tell(line) } }
        let began = time.uptime()
        let notice = SignInNotice(
            key, mayPaste: person != nil && use == .read, isLogin: use == .read, seat: seat)
        var sight = Sight()
        let first = try newest(&sight)
        var shown: String?
        for round in 0... {
            // Before all else: whatever has become of the sign-in, whoever pressed Ctrl-C wants nothing more.
            if hearsInterrupts, interrupts.wasRaised() {
                guard let started else { throw left(journal.latest(key)) }
                await cancel(started)
                throw .interrupted
            }
            // The journal first: what it calls ended has been stored before.
            let latest = journal.latest(key)
            // Only now and then while nothing has happened: to read tokens costs more than to read the journal.
            if latest?.isUnderWay != true || round % Self.roundsPerLook == 0 {
                if let newest = try newest(&sight), isEnough(newest, need, latest, since: first) {
                    return newest.tokens
                }
                if sight.isToBeTold(at: time.uptime()), let error = sight.error { tell("\(error) It is tried again…") }
            }
            guard let latest else { return nil }
            switch latest.stage {
            case .ended(let problem?): throw .elsewhere(problem)
            case .ended(nil):
                // What it made is there, for all that is known: nobody is to be asked once more.
                guard let error = sight.error else { return nil }
                if sight.hasLasted(at: time.uptime()) { throw .store(error) }
            case .waiting(let prompt) where shown != prompt.address:
                tell(notice.text(prompt, at: time.uptime(), of: started == nil ? latest : nil))
                shown = prompt.address
                if started == nil, let flag = wish.unheeded(by: prompt) {
                    tell("\(flag) has no effect on it. To sign in that way, end that one first: aws-oidc logout does.")
                }
            case .starting where shown == nil && time.uptime() - began > 2:
                shown = ""
                tell("The sign-in at \(key.issuer.text) is being prepared…")
            case .starting: break
            case .waiting(let prompt): person?.turn(prompt)
            }
            if latest.stage != .ended(problem: nil), !latest.isAlive { return nil }
            if latest.isUnderWay, time.uptime() > latest.deadline { throw .elsewhere(Self.overdue(latest)) }
            if started == nil, latest.isUnderWay, time.uptime() - began > wish.patience {
                throw .elsewhere(Self.unanswered(latest, within: wish.patience))
            }
            await time.sleep(seconds: Self.interval)
        }
        return nil
    }

    /// What the awaited sign-in made is taken whatever this host's clock says of it.
    private func isEnough(
        _ newest: StoredTokens, _ need: TokenNeed, _ latest: SignInProgress?, since first: StoredTokens?
    ) -> Bool {
        if need.isMet(by: newest.tokens, at: time.now()) { return true }
        let isItsWork = latest?.stage == .ended(problem: nil) && newest.generation > first?.generation ?? 0
        return isItsWork && need.isRight(newest.tokens)
    }

    /// Ends the sign-in, and waits for a moment until nothing of it is left.
    private func cancel(_ processID: Int32) async {
        starter.cancel(processID)
        for _ in 0..<Self.roundsToEnd where isUnderWay { await time.sleep(seconds: Self.interval) }
    }

    /// What Ctrl-C makes of the wait for another's sign-in, which it leaves alone.
    private func left(_ latest: SignInProgress?) -> SignInProblem {
        guard let latest, latest.isUnderWay, latest.isAlive else { return .interrupted }
        return .stoppedWaiting(processID: latest.processID)
    }

    /// The newest record; none where one call has failed: it is tried again.
    private func newest(_ sight: inout Sight) throws(SignInProblem) -> StoredTokens? {
        do {
            let newest = try store.read(key)
            sight = Sight()
            return newest
        } catch {
            guard error.mayPass else { throw .store(error) }
            sight.failed(error, at: time.uptime())
            return nil
        }
    }

    private static func unanswered(_ latest: SignInProgress, within seconds: Double) -> String {
        "nobody has signed in within \(GoDuration.text(seconds: Int64(seconds))). The sign-in of "
            + "\(latest.startedAt.rfc3339) (process \(latest.processID)) goes on: finish it, or end it by aws-oidc logout."
    }

    private static func overdue(_ latest: SignInProgress) -> String {
        "the sign-in of \(latest.startedAt.rfc3339) (process \(latest.processID)) should be over by now. "
            + "Run it again; if that process hangs, end it."
    }
}

/// How long the store could not be read.
private struct Sight {
    private(set) var error: TokenStoreError?
    private var since = 0.0
    private var isTold = false

    /// After how long somebody is told, and nothing more is hoped for, in seconds.
    private static let limits = (told: 5.0, lost: 20.0)

    mutating func failed(_ error: TokenStoreError, at now: Double) {
        if self.error == nil { since = now }
        self.error = error
    }

    mutating func isToBeTold(at now: Double) -> Bool {
        guard error != nil, !isTold, now - since > Self.limits.told else { return false }
        isTold = true
        return true
    }

    func hasLasted(at now: Double) -> Bool { now - since > Self.limits.lost }
}
