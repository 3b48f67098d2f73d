package import Domain

/// What this host's processes know of each other's sign-ins.
package protocol SignInJournal: Sendable {
    /// The latest sign-in of that key on this host, under way or ended; nil where none is known.
    func latest(_ key: TokenKey) -> SignInProgress?

    /// Writes down how far a sign-in has come; false where this host has no place for it.
    @discardableResult
    func write(_ progress: SignInProgress, _ key: TokenKey) -> Bool

    /// The pause after sign-ins that nobody answered; nil after one that succeeded.
    func pause(_ key: TokenKey) -> SignInPause?

    /// Remembers or forgets the pause.
    func setPause(_ pause: SignInPause?, _ key: TokenKey)
}

/// How far a sign-in has come.
package struct SignInProgress: Sendable, Hashable {
    /// A stage of it.
    package enum Stage: Sendable, Hashable {
        /// Its process is being started.
        case starting
        /// The person is to do this.
        case waiting(SignInPrompt)
        /// It is over; nil where it succeeded, else why it did not.
        case ended(problem: String?)
    }

    /// The stage.
    package let stage: Stage
    /// The process that signs in (or is about to start the one that does).
    package let processID: Int32
    /// When it began.
    package let startedAt: Timestamp
    /// Until when, on the clock of `TimeSource.uptime`, it will have ended.
    package let deadline: Double
    /// Whether its process is still there.
    package let isAlive: Bool

    /// Progress of a sign-in.
    package init(stage: Stage, processID: Int32, startedAt: Timestamp, deadline: Double, isAlive: Bool = true) {
        self.stage = stage
        self.processID = processID
        self.startedAt = startedAt
        self.deadline = deadline
        self.isAlive = isAlive
    }

    /// Whether somebody is signing in.
    package var isUnderWay: Bool {
        if case .ended = stage { return false }
        return isAlive
    }

    /// The same sign-in, run by that process.
    package func by(_ processID: Int32) -> SignInProgress {
        SignInProgress(stage: stage, processID: processID, startedAt: startedAt, deadline: deadline)
    }

    /// The same sign-in at another stage.
    package func at(_ stage: Stage) -> SignInProgress {
        SignInProgress(stage: stage, processID: processID, startedAt: startedAt, deadline: deadline)
    }
}

/// Starts a sign-in that outlives its starter.
package protocol SignInStarter: Sendable {
    /// Starts a process of its own session that signs in and publishes tokens that meet the need; gives its process id.
    func start(for need: TokenNeed) throws(SignInStartError) -> Int32

    /// Ends a sign-in that this process started.
    func cancel(_ processID: Int32)
}

/// Why no sign-in could be started.
package struct SignInStartError: Error, Sendable, CustomStringConvertible {
    /// The sentence for the person.
    package let description: String

    /// The reason.
    package init(_ sentence: String) {
        description = sentence
    }
}
