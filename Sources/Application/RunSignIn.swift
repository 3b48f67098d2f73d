package import Domain
package import Ports

/// What the sign-in's own process does: takes the right, looks again, signs in if that is still needed, publishes.
package struct RunSignIn: Sendable {
    let key: TokenKey
    let store: any TokenStore
    let credentials: any CredentialsStore
    let signIn: any SignInFlow
    let journal: any SignInJournal
    let verdicts: any VerdictBoard
    let processID: Int32
    let interrupts: any Interrupts
    let remarks: any Remarks
    let time: any TimeSource
    let log: any Log

    /// The sign-in of that key, run by the process of that id.
    package init(
        key: TokenKey, store: any TokenStore, credentials: any CredentialsStore, signIn: any SignInFlow,
        journal: any SignInJournal, verdicts: any VerdictBoard, processID: Int32,
        interrupts: any Interrupts, remarks: any Remarks, time: any TimeSource, log: any Log
    ) {
        self.key = key
        self.store = store
        self.credentials = credentials
        self.signIn = signIn
        self.journal = journal
        self.verdicts = verdicts
        self.processID = processID
        self.interrupts = interrupts
        self.remarks = remarks
        self.time = time
        self.log = log
    }

    /// Signs in and publishes; what came of it stands in the journal, where those who wait look.
    ///
    /// What the need refuses will not do, though it may seem live; what somebody else has stored since will.
    package func callAsFunction(_ need: TokenNeed) async throws(SignInProblem) {
        let progress = SignInProgress(
            stage: .starting, processID: processID, startedAt: time.now(), deadline: time.uptime() + signIn.longest
        )
        // Before anything is written: who is asked to end at this moment must not leave half of it behind.
        interrupts.begin()
        defer { interrupts.end() }
        journal.write(progress, key)
        let earlier = (try? store.read(key))?.tokens
        let began = time.uptime()
        do throws(SignInProblem) {
            let produced = try await untilInterrupted { () async throws(SignInProblem) in
                try await produce(need, progress)
            }
            if let unstored = produced.unstored { throw .store(unstored) }
            // Whoever waits would find nothing, and ask the person once more.
            if produced.isDropped, isVoid(need) { throw .signedOut(during: .signIn) }
            // Once more, for whoever made some of the old tokens until the new ones were there.
            if let earlier, earlier.claims.subject != produced.tokens.claims.subject { credentials.drop(key) }
            journal.setPause(nil, key)
            journal.write(progress.at(.ended(problem: nil)), key)
        } catch let end {
            // Who signs out ends what is under way.
            let isSignedOut = if case .interrupted = end { verdicts.hasSignOut(key, since: began) } else { false }
            let error = isSignedOut ? .signedOut(during: .signIn) : end
            if error.isUnanswered {
                journal.setPause(.after(journal.pause(key), at: time.now()), key)
            }
            // What this process was warned of went nowhere: those who wait are told it with the problem.
            let sentence = (["\(error)"] + remarks.all()).joined(separator: " ")
            if error.isVerdict { verdicts.post(Verdict(sentence), on: key.text) }
            journal.write(progress.at(.ended(problem: sentence)), key)
            throw error
        }
    }

    /// Whether there is nothing to be found though somebody has signed in: they, or somebody for them, signed out meanwhile.
    private func isVoid(_ need: TokenNeed) -> Bool {
        do {
            return try store.read(key).map { !need.isRight($0.tokens) } ?? true
        } catch {
            // Whoever waits will see.
            return false
        }
    }

    /// Ends the work when this process is asked to end, so that it leaves nothing half done behind.
    private func untilInterrupted(_ work: @escaping @Sendable () async throws(SignInProblem) -> ProducedTokens)
        async throws(SignInProblem) -> ProducedTokens
    {
        let working = Task { try await work() }
        let watching = Task {
            while !Task.isCancelled, !interrupts.wasRaised() { await time.sleep(seconds: AwaitSignIn.interval) }
            working.cancel()
        }
        defer { watching.cancel() }
        do {
            return try await working.value
        } catch let problem as SignInProblem {
            throw problem
        } catch {
            throw .interrupted
        }
    }

    private func produce(_ need: TokenNeed, _ progress: SignInProgress) async throws(SignInProblem) -> ProducedTokens {
        do {
            return try await store.produce(
                key, .signIn, waitingUntil: nil, isEnough: { need.isMet(by: $0, at: time.now()) },
                isRight: { need.isRight($0) },
                body: { production throws(ProductionStop) in
                    do {
                        // Looked at before the sign-in: what others write meanwhile must not count as known to it.
                        let earlier = try production.newest()
                        try production.reserve()
                        var tokens = try await signIn { stage in journal.write(progress.at(stage), key) }
                        // What is known of the provider outlives the sign-in.
                        tokens.refreshGivesIDToken = earlier?.tokens.refreshGivesIDToken ?? true
                        // Somebody else's credentials, or those of nobody knows whom, go before the new tokens are there.
                        if earlier?.tokens.claims.subject != tokens.claims.subject { credentials.drop(key) }
                        return tokens
                    } catch {
                        throw ProductionStop(error)
                    }
                })
        } catch .stopped(let problem as SignInProblem) {
            throw problem
        } catch .stopped(is CancellationError) {
            throw .interrupted
        } catch .stopped(let full as TokenStoreError) {
            throw .store(full)
        } catch {
            throw .store(error)
        }
    }
}
