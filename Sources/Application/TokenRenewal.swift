package import Domain
import Locking
package import Ports

/// What the one producer does under its right: refreshes, or sees to it that somebody is asked to sign in.
package struct TokenRenewal: Sendable {
    let key: TokenKey
    let provider: any IdentityProvider
    let verifier: any IDTokenVerifier
    let verdicts: any VerdictBoard
    let journal: any SignInJournal
    let starter: any SignInStarter
    let hostLock: any HostLock
    let signIn: any SignInFlow
    let time: any TimeSource
    let interrupts: any Interrupts
    let seat: Seat
    let unstored: UnstoredTokens
    let notices: any Notices
    let log: any Log

    /// How long a refresh may take, its repetitions included, in seconds.
    static let refreshTime = 40.0
    /// How long a verdict holds for processes that come later, in seconds.
    static let verdictLife = 5.0

    /// The renewal of that key's tokens.
    package init(
        key: TokenKey, provider: any IdentityProvider, verifier: any IDTokenVerifier, verdicts: any VerdictBoard,
        journal: any SignInJournal, starter: any SignInStarter, hostLock: any HostLock, signIn: any SignInFlow,
        time: any TimeSource, interrupts: any Interrupts, seat: Seat, unstored: UnstoredTokens? = nil,
        notices: any Notices, log: any Log
    ) {
        self.key = key
        self.provider = provider
        self.verifier = verifier
        self.verdicts = verdicts
        self.journal = journal
        self.starter = starter
        self.hostLock = hostLock
        self.signIn = signIn
        self.time = time
        self.interrupts = interrupts
        self.seat = seat
        self.unstored = unstored ?? UnstoredTokens(notices: notices)
        self.notices = notices
        self.log = log
    }

    /// Produces tokens that meet the need, for a caller that began at that uptime.
    ///
    /// Where there is no record, and was one, somebody has signed out meanwhile: nobody is asked to sign in.
    ///
    /// - Parameters:
    ///   - sight: whether that caller has seen a record under its right, this time or before.
    ///   - isRemoved: whether a record was removed that it saw before it had the right.
    func callAsFunction(
        _ production: any TokenProduction, _ need: TokenNeed, _ manner: ObtainTokens.Manner, began: Double,
        _ sight: Guarded<Bool>, isRemoved: () -> Bool
    ) async throws(ProductionStop) -> TokenSet {
        try await heeding(manner, began) {
            let newest = try production.newest()
            if let newest {
                sight.with { $0 = true }
                if let tokens = try await refresh(newest, production, need, manner) { return tokens }
            }
            let isGone = try newest == nil || production.newest() == nil
            if isGone, sight.with({ $0 }) || verdicts.hasSignOut(key, since: began) || isRemoved() {
                throw SignInProblem.signedOut(during: .refresh)
            }
            return try await askToSignIn(production, need, manner)
        }
    }

    /// Produces tokens of a new sign-in, whatever there is to be refreshed.
    func signInAnew(
        _ production: any TokenProduction, _ need: TokenNeed, _ manner: ObtainTokens.Manner, began: Double
    ) async throws(ProductionStop) -> TokenSet {
        try await heeding(manner, began) { try await askToSignIn(production, need, manner) }
    }

    /// Does that unless there is a verdict to be taken; where nothing can be stored, signs in for this process alone.
    private func heeding(_ manner: ObtainTokens.Manner, _ began: Double, _ body: () async throws -> TokenSet)
        async throws(ProductionStop) -> TokenSet
    {
        do {
            try heed(manner, began)
            return try await body()
        } catch let full as TokenStoreError {
            return try await unstored(full, manner)
        } catch {
            throw stopped(by: error, manner)
        }
    }

    /// Takes a verdict that somebody has just got, unless a person asks.
    private func heed(_ manner: ObtainTokens.Manner, _ began: Double) throws(SignInProblem) {
        if let verdict = verdict(manner, began) { throw .verdict(verdict) }
    }

    /// What somebody has just found out for all, and is not to be tried anew; nil for a person who asks.
    func verdict(_ manner: ObtainTokens.Manner, _ began: Double) -> Verdict? {
        if isPerson(manner) { return nil }
        return verdicts.verdict(on: key.text, since: began - Self.verdictLife)
            ?? verdicts.outage(key, since: max(began, time.uptime() - Self.verdictLife))
    }

    private func askToSignIn(_ production: any TokenProduction, _ need: TokenNeed, _ manner: ObtainTokens.Manner)
        async throws -> TokenSet
    {
        if let signIn = try startSignIn(production, need, manner) { throw signIn }
        return try await signInHere(manner)
    }

    private func stopped(by error: any Error, _ manner: ObtainTokens.Manner) -> ProductionStop {
        switch error {
        case let error as IdentityProviderError: stop(.provider(error), manner)
        case let problem as SignInProblem: stop(problem, manner)
        default: ProductionStop(error)
        }
    }

    private func stop(_ problem: SignInProblem, _ manner: ObtainTokens.Manner) -> ProductionStop {
        if problem.isVerdict { verdicts.post(Verdict("\(problem)"), on: key.text) }
        // Who had little time knows little.
        if manner.deadline == nil, problem.isOutage { verdicts.noteOutage(problem, key) }
        return ProductionStop(problem)
    }

    /// Refreshes; nil where only a sign-in helps.
    private func refresh(
        _ newest: StoredTokens, _ production: any TokenProduction, _ need: TokenNeed, _ manner: ObtainTokens.Manner
    ) async throws -> TokenSet? {
        guard let refreshToken = newest.usableRefreshToken, canHelp(newest.tokens, need) else { return nil }
        let deadline = manner.deadline ?? Deadline(in: Self.refreshTime, time)
        do {
            guard let grant = try await trade(refreshToken, production, by: deadline) else { return nil }
            return try await accept(grant, newest.tokens, production, need, by: deadline)
        } catch IdentityProviderError.refused("invalid_grant", let explanation) {
            log.write(.info, "refresh token refused", ["explanation": explanation ?? ""])
        }
        // Somebody who does not know our right may have rotated it meanwhile: look again before anybody is asked.
        guard let again = try production.newest() else { return nil }
        if let other = again.tokens.refreshToken, other != refreshToken {
            do {
                guard let grant = try await trade(other, production, by: deadline) else { return nil }
                return try await accept(grant, again.tokens, production, need, by: deadline)
            } catch IdentityProviderError.refused("invalid_grant", _) {
                try production.noteRefused(other)
                return nil
            }
        }
        try production.noteRefused(refreshToken)
        return nil
    }

    /// Sends a refresh token, if nobody else has; nil where somebody has.
    private func trade(_ refreshToken: Secret, _ production: any TokenProduction, by deadline: Deadline) async throws
        -> TokenGrant?
    {
        // What can be asked beforehand is: between being allowed to send the token and sending it nothing else goes wrong.
        _ = try await provider.metadata(by: deadline)
        var deadline = deadline
        switch try await production.spend(refreshToken) {
        case .spent: return nil
        case .allowed(sentBy: nil): break
        case .allowed(sentBy: let end?): deadline = min(deadline, Deadline(uptime: end))
        }
        do {
            return try await provider.refresh(refreshToken, by: deadline)
        } catch {
            if error.leavesRefreshToken { production.keep(refreshToken) }
            throw error
        }
    }

    /// A provider that gives no id_token on refresh is not asked for one again.
    private func canHelp(_ tokens: TokenSet, _ need: TokenNeed) -> Bool {
        tokens.refreshGivesIDToken || TokenNeed.idToken.isMet(by: tokens, at: time.now()) && need.isRight(tokens)
    }

    private func accept(
        _ grant: TokenGrant, _ old: TokenSet, _ production: any TokenProduction, _ need: TokenNeed,
        by deadline: Deadline
    ) async throws -> TokenSet? {
        var rotated = old.rotated(by: grant, at: time.now())
        rotated.refreshGivesIDToken = grant.idToken != nil
        if rotated != old {
            do {
                try production.checkpoint(rotated)
            } catch {
                // The caller still gets what was obtained; publishing will fail the same way, and be told.
                log.write(.error, "rotated refresh token not stored", ["reason": "\(error)"])
            }
        }
        var renewed: (idToken: Secret, claims: IDTokenClaims)?
        if let idToken = grant.idToken {
            let expected = IDTokenExpectations(
                issuer: key.issuer, clientID: key.clientID, accessToken: grant.accessToken, predecessor: old.claims)
            do {
                renewed = (idToken, try await verifier.verify(idToken, expected, by: deadline))
            } catch {
                // It was answered, and the provider has left the token as it was.
                if rotated == old, let refreshToken = old.refreshToken { production.keep(refreshToken) }
                throw error
            }
        }
        let tokens = rotated.refreshed(by: grant, renewed: renewed, at: time.now())
        if need.isMet(by: tokens, at: time.now()) { return tokens }
        // Just made, and yet over: the clock is off, which no sign-in would cure.
        if renewed != nil, need.isRight(tokens) { return tokens }
        return nil
    }

    private func isPerson(_ manner: ObtainTokens.Manner) -> Bool {
        if case .attended(let attendance) = manner { attendance.isPerson } else { false }
    }
}
