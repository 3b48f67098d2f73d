package import Domain
package import Ports

/// Gives live AWS credentials of a role: from the cache, else from STS for a live id_token.
package struct ObtainCredentials: Sendable {
    let store: any CredentialsStore
    let tokens: ObtainTokens
    let sts: any SecurityTokenService
    let verdicts: any VerdictBoard
    let time: any TimeSource
    let notices: any Notices
    let log: any Log

    /// How long STS is asked, repetitions included, in seconds.
    static let exchangeTime = 40.0
    /// How long a renewal of credentials that are still live may take, in seconds: an outage must not cost every caller more.
    static let renewalTime = 10.0

    /// The use case over the credentials of this host, and the tokens that they are made from.
    package init(
        store: any CredentialsStore, tokens: ObtainTokens, sts: any SecurityTokenService, verdicts: any VerdictBoard,
        time: any TimeSource, notices: any Notices, log: any Log
    ) {
        self.store = store
        self.tokens = tokens
        self.sts = sts
        self.verdicts = verdicts
        self.time = time
        self.notices = notices
        self.log = log
    }

    /// Gives credentials of that role.
    package func callAsFunction(_ wanted: WantedCredentials, _ attendance: Attendance) async throws(CredentialsProblem)
        -> AWSCredentials
    {
        if let stored = store.read(wanted.key) {
            if let credentials = fresh(stored, wanted) { return credentials }
            if isLive(stored) { return await renewed(stored, wanted) }
        }
        do {
            return try await obtained(wanted, .attended(attendance))
        } catch {
            // While this process waited in vain, another one may have been luckier.
            if let stored = store.read(wanted.key), isLive(stored) { return stored.credentials }
            throw error
        }
    }

    /// Gives credentials of that role that are cached and need no renewal, without any waiting; nil where there are none.
    package func atHand(_ wanted: WantedCredentials) -> AWSCredentials? {
        store.read(wanted.key).flatMap { fresh($0, wanted) }
    }

    private func fresh(_ stored: StoredCredentials, _ wanted: WantedCredentials) -> AWSCredentials? {
        guard isFresh(stored, wanted) else { return nil }
        log.write(.debug, "credentials are fresh", ["role": wanted.role.text])
        return stored.credentials
    }

    /// Renews silently; where that does not succeed, hands out what is there, and leaves the next try to later callers.
    private func renewed(_ stored: StoredCredentials, _ wanted: WantedCredentials) async -> AWSCredentials {
        do {
            return try await obtained(wanted, .silently(by: Deadline(in: Self.renewalTime, time)))
        } catch {
            log.write(.warning, "credentials not renewed", ["role": wanted.role.text, "reason": "\(error)"])
            let pauseEnd = time.now() + CredentialsFreshness.pauseAfterFailure
            // What only this caller found too short is fresh to others for longer than that.
            if stored.renewAfter < pauseEnd { store.postpone(stored, wanted.key, until: pauseEnd) }
            if wanted.leastLife > 0 {
                notices.warn(
                    "the AWS credentials end at \(stored.credentials.expiry.rfc3339) already; they could not be renewed: "
                        + "\(error)")
            }
            return stored.credentials
        }
    }

    private func obtained(_ wanted: WantedCredentials, _ manner: ObtainTokens.Manner) async throws(CredentialsProblem)
        -> AWSCredentials
    {
        let began = time.uptime()
        var mark = store.dropMark(wanted.key)
        // The id_token comes first: a person may be asked for it, and nobody holds a right while a person thinks.
        var signedIn = try await token(.idToken, manner)
        let markAfter = store.dropMark(wanted.key)
        if markAfter != mark {
            // Somebody has signed in meanwhile, here or elsewhere: theirs are the tokens now.
            mark = markAfter
            signedIn = try await token(.idToken, manner)
        }
        let deadline = manner.deadline ?? Deadline(in: Self.exchangeTime, time)
        let tokens = signedIn
        return try await store.produce(
            wanted.key, since: mark, waitingUntil: deadline, isEnough: { isFresh($0, wanted) },
            body: { () async throws(CredentialsProblem) in
                if let verdict = verdicts.verdict(on: wanted.key.text, since: began - TokenRenewal.verdictLife) {
                    throw .verdict(verdict)
                }
                return try await exchanged(tokens, wanted, manner)
            }
        ).credentials
    }

    /// Trades the id_token; one that STS calls expired, though our clock does not, is replaced once.
    private func exchanged(_ signedIn: TokenSet, _ wanted: WantedCredentials, _ manner: ObtainTokens.Manner)
        async throws(CredentialsProblem) -> StoredCredentials
    {
        do {
            return try await exchange(signedIn, wanted, manner)
        } catch .sts(.refused(let refusal)) where refusal.kind == .expiredToken {
            log.write(.info, "id_token refused as expired", ["expiry": signedIn.claims.expiry?.rfc3339 ?? ""])
        }
        let fresh = try await token(.idToken(otherThan: signedIn), manner)
        return try await exchange(fresh, wanted, manner)
    }

    private func exchange(_ signedIn: TokenSet, _ wanted: WantedCredentials, _ manner: ObtainTokens.Manner)
        async throws(CredentialsProblem) -> StoredCredentials
    {
        do {
            let credentials = try await sts.assumeRole(
                AssumeRoleRequest(
                    role: wanted.role, idToken: signedIn.idToken, sessionName: SessionName(signedIn.claims),
                    duration: wanted.duration, subject: signedIn.claims.subject,
                    audience: signedIn.claims.authorizedParty ?? signedIn.claims.audience.first),
                by: manner.deadline ?? Deadline(in: Self.exchangeTime, time))
            return StoredCredentials(
                credentials: credentials,
                renewAfter: CredentialsFreshness.renewAfter(
                    gotAt: time.now(), expiry: credentials.expiry, asked: wanted.duration),
                subject: signedIn.claims.subject ?? "")
        } catch {
            let problem = CredentialsProblem.sts(error)
            if problem.isVerdict { verdicts.post(Verdict("\(problem)"), on: wanted.key.text) }
            throw problem
        }
    }

    private func token(_ need: TokenNeed, _ manner: ObtainTokens.Manner) async throws(CredentialsProblem) -> TokenSet {
        do {
            return try await tokens(need, manner)
        } catch {
            throw .signIn(error)
        }
    }

    private func isFresh(_ stored: StoredCredentials, _ wanted: WantedCredentials) -> Bool {
        let now = time.now()
        return now < stored.renewAfter && isLive(stored) && stored.credentials.expiry.since(now) >= wanted.leastLife
    }

    private func isLive(_ stored: StoredCredentials) -> Bool {
        CredentialsFreshness.isLive(expiry: stored.credentials.expiry, at: time.now())
    }
}

/// Which credentials somebody wants.
package struct WantedCredentials: Sendable {
    /// The key under which they are cached.
    package let key: CredentialsKey
    /// The role.
    package let role: RoleARN
    /// How long they shall live.
    package let duration: SessionDuration
    /// How long they must still live not to be renewed first, in seconds; 0 for who asks again before their end.
    package let leastLife: Int64

    /// Credentials of that role, cached under that key.
    package init(key: CredentialsKey, role: RoleARN, duration: SessionDuration, leastLife: Int64 = 0) {
        self.key = key
        self.role = role
        self.duration = duration
        self.leastLife = leastLife
    }
}

/// Why there are no credentials.
package enum CredentialsProblem: Error, Sendable {
    /// No id_token.
    case signIn(SignInProblem)
    /// STS gave none.
    case sts(SecurityTokenServiceError)
    /// A final answer of STS that another process got.
    case verdict(Verdict)

    /// Whether asking STS again at once would give the same.
    var isVerdict: Bool {
        if case .sts(.refused(let refusal)) = self { refusal.kind == .final } else { false }
    }
}

extension CredentialsProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .signIn(let problem): "\(problem)"
        case .sts(let error): "\(error)"
        case .verdict(let verdict): verdict.passedOn
        }
    }
}
