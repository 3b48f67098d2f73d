package import Domain
package import Ports

/// Forgets a person's tokens and AWS credentials on this host, and has the provider revoke the tokens where it can.
package struct LogOut: Sendable {
    /// What was done.
    package struct Report: Sendable {
        /// Whether there were tokens.
        package var hadTokens = false
        /// When the last of the cached AWS credentials that were handed out end; nil where none are live.
        package var credentialsEnd: Timestamp?
        /// What the provider has revoked.
        package var revoked: [RevocableToken] = []
        /// What was not done, in sentences.
        package var warnings: [String] = []
        /// Whether tokens may still be good at the provider, which could not be asked.
        package var mayLive = false
        /// Why tokens may be left in the store; nil where they are not.
        package var unremoved: TokenStoreError?
        /// Where AWS credentials may still be cached, since they could not be removed.
        package var unremovedCredentials: [UnremovedCredentials] = []
        /// Whether a sign-in was under way, which is ended.
        package var endedSignIn = false
        /// Adds a sentence that is not there yet: of two sessions the same may be said.
        mutating func warn(_ sentence: String) {
            if !warnings.contains(sentence) { warnings.append(sentence) }
        }

        /// Whether there was anything to do.
        package var isEmpty: Bool { !hadTokens && credentialsEnd == nil && unremoved == nil && !endedSignIn }
    }

    let key: TokenKey
    let store: any TokenStore
    let credentials: any CredentialsStore
    let journal: any SignInJournal
    let starter: any SignInStarter
    let provider: any IdentityProvider
    let verdicts: any VerdictBoard
    let time: any TimeSource

    /// The log-out of that key.
    package init(
        key: TokenKey, store: any TokenStore, credentials: any CredentialsStore, journal: any SignInJournal,
        starter: any SignInStarter, provider: any IdentityProvider, verdicts: any VerdictBoard,
        time: any TimeSource
    ) {
        self.key = key
        self.store = store
        self.credentials = credentials
        self.journal = journal
        self.starter = starter
        self.provider = provider
        self.verdicts = verdicts
        self.time = time
    }

    /// Removes first, so that nothing is left though the provider hangs; then revokes.
    package func callAsFunction() async -> Report {
        var report = Report()
        var all: [TokenSet] = []
        var unread: TokenStoreError?
        do {
            all = try store.all(key).map(\.tokens)
        } catch {
            unread = error
        }
        // What does not decode may be the tokens of a session all the same, which nobody can revoke then.
        let isDamaged = all.isEmpty && unread == nil && store.damage(key) != nil
        report.hadTokens = !all.isEmpty || isDamaged
        report.mayLive = isDamaged
        let now = time.now()
        report.credentialsEnd = own.filter { now < $0.expiry }.map(\.expiry).max()
        (report.unremoved, report.unremovedCredentials) = forget()
        if let unread {
            // What is told of the removal is not told twice.
            let isTold = report.unremoved.map { Self.isSame(unread, $0) } ?? false
            report.warnings.append(
                "what is cached could not be read" + (isTold ? "" : ", so that it is not revoked: \(unread)"))
        }
        if isDamaged { report.warn("what is cached is damaged, so that it is not revoked.") }
        report.endedSignIn = await endSignIn()
        // Who wants to leave is not kept waiting for long.
        let deadline = Deadline(in: 15, time)
        for tokens in all { await revoke(tokens, by: deadline, &report) }
        if report.unremoved != nil, !report.revoked.isEmpty, let left = left(of: all) {
            verdicts.noteRevoked(left, key)
        }
        return report
    }

    /// Those of the tokens that are still in the store, as far as it can be read.
    private func left(of all: [TokenSet]) -> TokenSet? {
        guard let stored = try? store.read(key) else { return all.first }
        return all.first { $0.accessToken == stored.tokens.accessToken }
    }

    /// For how many looks at the journal a sign-in is given time to end.
    private static let looks = 40

    /// Ends a sign-in that waits for a person on this host: it is void now, and whoever signs in next must not join it.
    private func endSignIn() async -> Bool {
        guard let latest = journal.latest(key), latest.isUnderWay, case .waiting = latest.stage else { return false }
        starter.cancel(latest.processID)
        for _ in 0..<Self.looks where journal.latest(key)?.isUnderWay == true {
            await time.sleep(seconds: AwaitSignIn.interval)
        }
        return true
    }

    /// Whether it is one trouble, for reading and for writing.
    private static func isSame(_ reading: TokenStoreError, _ removing: TokenStoreError) -> Bool {
        switch (reading, removing) {
        case (.notReadable(_, let one, _), .notWritable(_, let other, _)): one == other
        default: "\(reading)" == "\(removing)"
        }
    }

    /// Removes tokens, then credentials: the other way round, new ones could be made of the old tokens in between.
    ///
    /// - Returns: why tokens may be left, and where AWS credentials may be.
    package func forget() -> (unremoved: TokenStoreError?, credentials: [UnremovedCredentials]) {
        var problem: TokenStoreError?
        // First, so that whoever finds the tokens gone knows why.
        verdicts.noteSignOut(key)
        do {
            try store.remove(key)
        } catch {
            problem = error
        }
        let unremoved = forgetCredentials()
        journal.setPause(nil, key)
        return (problem, unremoved)
    }

    /// Removes the AWS credentials.
    ///
    /// - Returns: where some of them may be left, as where their folder can't be written.
    package func forgetCredentials() -> [UnremovedCredentials] { credentials.drop(key) }

    /// The AWS credentials of that issuer and client that are cached.
    private var own: [CredentialsHeader] { credentials.list().filter { $0.isOf(key) } }

    private func revoke(_ tokens: TokenSet, by deadline: Deadline, _ report: inout Report) async {
        // The refresh token first: at most providers the others go with it.
        let all = [(RevocableToken.refreshToken, tokens.refreshToken), (.accessToken, tokens.accessToken)]
        for case (let kind, let token?) in all {
            let name = kind == .refreshToken ? "refresh token" : "access token"
            do {
                switch try await provider.revoke(token, kind, by: deadline) {
                case .revoked: report.revoked.append(kind)
                case .unsupported(let reason):
                    report.warn("the identity provider did not revoke the \(name): \(reason).")
                }
            } catch {
                report.warn("the \(name) is not revoked: \(error)")
                report.mayLive = true
            }
        }
    }
}

extension CredentialsHeader {
    /// Whether they were made for that issuer and client.
    func isOf(_ key: TokenKey) -> Bool {
        issuerAndClient.map { $0 == (key.issuer.text, key.clientID.text) } ?? false
    }
}
