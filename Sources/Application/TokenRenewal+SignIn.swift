import Domain
import Ports

/// How a person is asked, where a refresh does not help.
extension TokenRenewal {
    /// Starts the sign-in's own process, under the right, so that nobody else starts one too.
    ///
    /// nil where this host has no place to write down how it stands: then nobody could follow it.
    func startSignIn(
        _ production: any TokenProduction, _ need: TokenNeed, _ manner: ObtainTokens.Manner
    ) throws -> SignInUnderWay? {
        guard case .attended(let attendance) = manner else { throw SignInProblem.notSilently }
        if let latest = journal.latest(key), latest.isUnderWay { return SignInUnderWay(started: nil) }
        guard attendance.reachesPerson else {
            let isOver = try production.newest().map(isOver) ?? false
            throw SignInProblem.notSignedIn(key, isOver: isOver)
        }
        try mayAsk(attendance)
        // From the first moment: between the start and the wait there is none in which Ctrl-C would leave it running, or
        // room that was made for it.
        interrupts.begin()
        var isUnderWay = false
        defer { if !isUnderWay { interrupts.end() } }
        // Nobody is asked to sign in for tokens that the other process could not leave behind.
        try production.reserve()
        let progress = SignInProgress(
            stage: .starting, processID: 0, startedAt: time.now(), deadline: time.uptime() + signIn.longest)
        guard journal.write(progress, key) else { return nil }
        do {
            let processID = try starter.start(for: need)
            isUnderWay = true
            log.write(.info, "sign-in started", ["issuer": key.issuer.text, "process": "\(processID)"])
            // Where it has already written for itself, it knows better.
            if journal.latest(key)?.processID != processID { journal.write(progress.by(processID), key) }
            return SignInUnderWay(started: processID)
        } catch {
            journal.write(progress.at(.ended(problem: "\(error)")), key)
            throw SignInProblem.notStarted(error)
        }
    }

    /// Whether these are of no use any more: not where somebody only wants others.
    private func isOver(_ stored: StoredTokens) -> Bool {
        stored.usableRefreshToken == nil && !TokenNeed.idToken.isMet(by: stored.tokens, at: time.now())
    }

    /// Fails where nobody has answered just now, and it is not a person who asks again.
    private func mayAsk(_ attendance: Attendance) throws(SignInProblem) {
        if !attendance.isPerson, let pause = journal.pause(key), time.now() < pause.end {
            throw .unanswered(pause, key)
        }
    }

    func unstored(_ error: TokenStoreError, _ manner: ObtainTokens.Manner) async throws(ProductionStop)
        -> TokenSet
    {
        do {
            return try await signInUnstored(error, manner)
        } catch {
            throw ProductionStop(error)
        }
    }

    /// Signs in within this process, where what comes of it can't be stored for others.
    func signInUnstored(_ error: TokenStoreError, _ manner: ObtainTokens.Manner) async throws(SignInProblem)
        -> TokenSet
    {
        guard error.leavesSignIn, case .attended(let attendance) = manner else { throw .store(error) }
        guard attendance.reachesPerson else { throw .store(error) }
        try mayAsk(attendance)
        // One browser all the same: whoever waited for another's sign-in finds the credentials that came of it, if anything.
        let patience = Task {
            await time.sleep(seconds: 1)
            if !Task.isCancelled { notices.tell("Waiting for another process that signs in to \(key.issuer.text)…") }
        }
        let turn = await hostLock.hold("unstored-" + FNV1a.hexadecimal(key.text), within: signIn.longest)
        patience.cancel()
        switch turn {
        case .held(afterWaiting: false), .unavailable: break
        case .held(afterWaiting: true), .busy:
            throw .elsewhere("another process has signed in, but could not leave its tokens behind. \(error)")
        }
        unstored.failed(error)
        let tokens = try await signInHere(manner)
        unstored.keep(tokens, key)
        return tokens
    }

    /// Signs in within this process.
    func signInHere(_ manner: ObtainTokens.Manner) async throws(SignInProblem) -> TokenSet {
        let notice = SignInNotice(
            key, mayPaste: false, isLogin: manner.consoleUse == .read, seat: seat)
        do {
            let tokens = try await signIn { stage in
                if case .waiting(let prompt) = stage { notices.tell(notice.text(prompt, at: time.uptime())) }
            }
            journal.setPause(nil, key)
            return tokens
        } catch {
            if error.isUnanswered {
                journal.setPause(.after(journal.pause(key), at: time.now()), key)
            }
            throw error
        }
    }
}
