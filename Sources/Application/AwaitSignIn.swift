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

    /// How often it looks, in seconds.
    static let interval = 0.05
    /// In how many rounds it looks for tokens, while the journal tells of nothing new.
    private static let roundsPerLook = 20

    /// The wait for sign-ins of that key.
    package init(
        key: TokenKey, store: any TokenStore, journal: any SignInJournal, starter: any SignInStarter,
        interrupts: any Interrupts, time: any TimeSource, notices: any Notices
    ) {
        self.key = key
        self.store = store
        self.journal = journal
        self.starter = starter
        self.interrupts = interrupts
        self.time = time
        self.notices = notices
    }

    /// Whether a sign-in is under way, whoever started it.
    var isUnderWay: Bool { journal.latest(key)?.isUnderWay ?? false }

    /// Gives the tokens that the sign-in made; nil where its process has died without a word.
    ///
    /// Ctrl-C here cancels a sign-in that was started here; any other end of this process leaves it running.
    func callAsFunction(_ need: TokenNeed, started: Int32?) async throws(SignInProblem) -> TokenSet? {
        if started != nil { interrupts.begin() }
        defer { if started != nil { interrupts.end() } }
        let began = time.uptime()
        let first = try newest()
        var shown: String?
        for round in 0... {
            // The journal first: what it calls ended has been stored before.
            let latest = journal.latest(key)
            // Only now and then while nothing has happened: to read tokens costs more than to read the journal.
            if latest?.isUnderWay != true || round % Self.roundsPerLook == 0 {
                if let newest = try newest(), isEnough(newest, need, latest, since: first) { return newest.tokens }
            }
            guard let latest else { return nil }
            switch latest.stage {
            case .ended(let problem?): throw .elsewhere(problem)
            case .ended(nil): return nil
            case .waiting(let prompt) where shown != prompt.address:
                notices.tell(SignInNotice.text(key, prompt, at: time.uptime()))
                shown = prompt.address
            case .starting where shown == nil && time.uptime() - began > 2:
                shown = ""
                notices.tell("The sign-in at \(key.issuer.text) is being prepared…")
            case .starting, .waiting: break
            }
            if !latest.isAlive { return nil }
            if let started, interrupts.wasRaised() {
                starter.cancel(started)
                throw .interrupted
            }
            if time.uptime() > latest.deadline { throw .elsewhere(Self.overdue(latest)) }
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

    private func newest() throws(SignInProblem) -> StoredTokens? {
        do {
            return try store.read(key)
        } catch {
            throw .store(error)
        }
    }

    private static func overdue(_ latest: SignInProgress) -> String {
        "the sign-in of \(latest.startedAt.rfc3339) (process \(latest.processID)) should be over by now. "
            + "Run it again; if that process hangs, end it."
    }
}

/// What the person is told while a sign-in waits for them.
enum SignInNotice {
    /// The line for a sign-in to this issuer at that address.
    static func text(_ key: TokenKey, _ prompt: SignInPrompt, at uptime: Double) -> String {
        let issuer = key.issuer.text
        let sentence =
            switch prompt.way {
            case .browser(_, let problem?): "To sign in to \(issuer), open this address on this machine (\(problem)):"
            case .browser(_, nil):
                "Sign in to \(issuer) in the browser that opens. If none does, open this address on this machine:"
            case .device(let userCode, let deadline):
                "To sign in to \(issuer), open this address on any machine and enter the code \(userCode) "
                    + "(good for \(GoDuration.text(seconds: Int64(max(0, deadline - uptime))))):"
            }
        return sentence + "\n" + prompt.address
    }
}
