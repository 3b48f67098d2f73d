import Application
import Domain
import Locking
import Ports
import Testing

@Suite("Obtaining tokens, where something fails on the way") struct TokenFlowTests {
    let key: TokenKey
    let clock = TurnedClock()
    let host = QuietHost()
    let journal = MemoryJournal()
    init() throws {
        key = TokenKey(issuer: try Issuer("https://login.example.com"), clientID: try ClientID("client"))
    }

    /// Tokens of that name, live for so many seconds.
    func tokens(_ name: String, life: Int64 = 3600) -> TokenSet {
        var claims = IDTokenClaims()
        claims.subject = "ada"
        claims.expiry = clock.now() + life
        let grant = TokenGrant(
            accessToken: Secret("access-" + name), tokenType: "Bearer", refreshToken: Secret("refresh-" + name),
            idToken: Secret("id-" + name), expiresIn: life, refreshExpiresIn: nil)
        return TokenSet(signedIn: grant, idToken: Secret("id-" + name), claims: claims, at: clock.now())
    }

    func grant(_ name: String) -> TokenGrant {
        TokenGrant(
            accessToken: Secret("access-" + name), tokenType: "Bearer", refreshToken: Secret("refresh-" + name),
            idToken: Secret("id-" + name), expiresIn: 3600, refreshExpiresIn: nil)
    }

    func obtain(
        _ store: ScriptedTokenStore, _ answers: [Result<TokenGrant, IdentityProviderError>] = [],
        journal: MemoryJournal? = nil, meanwhile: @escaping @Sendable () -> Void = {}
    ) -> ObtainTokens {
        let (journal, log) = (journal ?? self.journal, ReadableLog())
        let provider = ScriptedProvider(key.issuer, clock, answers, meanwhile: meanwhile)
        return ObtainTokens(
            key: key, store: store,
            renewal: TokenRenewal(
                key: key, provider: provider, verifier: provider, verdicts: host, journal: journal, starter: host,
                hostLock: host, signIn: InstantSignIn(tokens: tokens("signed-in")), time: clock, interrupts: host,
                seat: Seat(), notices: host, log: log),
            awaitSignIn: AwaitSignIn(
                key: key, store: store, journal: journal, starter: host, interrupts: host, time: clock, notices: host,
                console: host, seat: Seat(), http: host),
            time: clock, notices: host, log: log)
    }

    static let nobody = ObtainTokens.Manner.attended(Attendance(reachesPerson: false, isPerson: false))
    static let person = Attendance(reachesPerson: true, isPerson: true)
    private static let failed = TokenStoreError.notReadable(path: "/tokens", reason: "Input/output error")

    private func progress(_ stage: SignInProgress.Stage) -> SignInProgress {
        SignInProgress(stage: stage, processID: 77, startedAt: clock.now(), deadline: clock.uptime() + 300)
    }

    @Test("A rotated refresh token that can't be stored is lost to nobody who asked for it")
    func failingCheckpoint() async throws {
        let store = ScriptedTokenStore(tokens("old", life: 0))
        store.state.with { $0.checkpointError = .notWritable(path: "/tokens", reason: "full") }
        let made = try await obtain(store, [.success(grant("new"))])(.idToken, Self.nobody)
        #expect(made.refreshToken == Secret("refresh-new"))
        #expect(store.state.with { $0.kept }.isEmpty)
    }

    @Test("A rotated refresh token is stored before the answer is looked at")
    func checkpoint() async throws {
        let store = ScriptedTokenStore(tokens("old", life: 0))
        _ = try await obtain(store, [.success(grant("new"))])(.idToken, Self.nobody)
        let stored = store.state.with { $0.checkpoints }
        #expect(stored.map(\.refreshToken) == [Secret("refresh-new")])
        #expect(stored.map(\.idToken) == [Secret("id-old")])
    }

    @Test("A refresh token that somebody else may have sent is not sent: only a sign-in helps")
    func spent() async throws {
        let store = ScriptedTokenStore(tokens("old", life: 0))
        store.state.with { $0.isSpent = true }
        let error = await #expect(throws: SignInProblem.self) {
            try await obtain(store, [.success(grant("new"))])(.idToken, Self.nobody)
        }
        guard case .notSignedIn(_, isOver: false) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("A session is said to be over where its refresh token was refused")
    func over() async throws {
        let store = ScriptedTokenStore()
        let ended = StoredTokens(tokens: tokens("old", life: 0), generation: 1, isRefreshTokenRefused: true)
        store.state.with { $0.record = ended }
        let error = await #expect(throws: SignInProblem.self) { try await obtain(store, [])(.idToken, Self.nobody) }
        #expect(error?.description.contains("any more, since its refresh token serves no longer") == true)
    }

    static let answers: [(IdentityProviderError, Bool)] = [
        (.http(.unreachable(host: "h", reason: "refused", requestMayHaveArrived: false)), true),
        (.http(.unreachable(host: "h", reason: "reset", requestMayHaveArrived: true)), false),
        (.http(.timedOut(host: "h", seconds: 15, requestMayHaveArrived: true)), false),
        (.outOfOrder(address: "t", status: 503), true), (.outOfOrder(address: "t", status: 429), true),
        (.outOfOrder(address: "t", status: 500), true), (.outOfOrder(address: "t", status: 502), true),
        (.outOfOrder(address: "t", status: 504), true), (.refused(code: "invalid_client", explanation: nil), true),
        (.unintelligible(address: "t", reason: "r"), false),
    ]

    @Test("A refresh token goes back only where it was certainly not taken", arguments: answers)
    func kept(error: IdentityProviderError, isKept: Bool) async throws {
        let store = ScriptedTokenStore(tokens("old", life: 0))
        await #expect(throws: SignInProblem.self) {
            try await obtain(store, [.failure(error)])(.idToken, Self.nobody)
        }
        #expect(store.state.with { $0.spent } == [Secret("refresh-old")])
        #expect(store.state.with { $0.kept } == (isKept ? [Secret("refresh-old")] : []))
    }

    @Test(
        "A sign-out during a refresh ends it, whatever the provider answers: nobody is asked to sign in",
        arguments: [true, false])
    func signedOut(isRefused: Bool) async throws {
        let store = ScriptedTokenStore(tokens("old", life: 0))
        let refused = IdentityProviderError.refused(code: "invalid_grant", explanation: nil)
        let obtain = obtain(store, [isRefused ? .failure(refused) : .success(grant("new"))]) {
            store.state.with { ($0.record, $0.drops, $0.isRemoved) = (nil, true, true) }
        }
        let error = await #expect(throws: SignInProblem.self) { try await obtain(.idToken, .attended(Self.person)) }
        #expect(error?.description.contains("somebody signed out meanwhile") == true)
        #expect(host.started.with { $0 }.isEmpty)
        #expect(store.state.with { $0.record == nil })
    }

    @Test(
        "Who was too late with a refresh takes what came first, where that is of use",
        arguments: [(60, "access-theirs"), (0, "access-new")])
    func overtaken(life: Int64, taken: String) async throws {
        let store = ScriptedTokenStore(tokens("old", life: 0))
        let theirs = tokens("theirs", life: life)
        let obtain = obtain(store, [.success(grant("new"))]) {
            store.publish(theirs)
            store.state.with { $0.drops = true }
        }
        let got = try await obtain(.idToken, Self.nobody)
        #expect(got.accessToken == Secret(taken))
        #expect(store.state.with { $0.record?.tokens.accessToken } == Secret("access-theirs"))
    }

    @Test("Who was too late, and finds what came first damaged, has its own tokens, and is not told of a sign-out")
    func overtakenByDamage() async throws {
        let store = ScriptedTokenStore(tokens("old", life: 0))
        let obtain = obtain(store, [.success(grant("new"))]) {
            store.state.with { ($0.record, $0.drops) = (nil, true) }
        }
        let got = try await obtain(.idToken, Self.nobody)
        #expect(got.accessToken == Secret("access-new"))
    }

    @Test(
        "A sign-out on another host, while the right is waited for, is told: nobody is asked to sign in",
        arguments: [true, false])
    func signedOutElsewhere(wasThere: Bool) async throws {
        let store = ScriptedTokenStore(wasThere ? tokens("old", life: 0) : nil)
        store.state.with { $0.isOvertaken = true }
        let error = await #expect(throws: SignInProblem.self) {
            try await obtain(store, [])(.idToken, .attended(Self.person))
        }
        // Who comes after it signs in.
        #expect(error?.description.contains("somebody signed out") == wasThere)
        #expect(host.started.with { $0 }.isEmpty == wasThere)
    }

    @Test(
        "Who waits for its turn leaves for a sign-in that this host has begun meanwhile, and takes what it made",
        .timeLimit(.minutes(1)))
    func leavesForSignIn() async throws {
        let store = ScriptedTokenStore(tokens("old", life: 0))
        store.state.with { $0.isHeld = true }
        let (underWay, ended, made) = (progress(.starting), progress(.ended(problem: nil)), tokens("made"))
        journal.script([
            { nil }, { underWay }, { underWay },
            {
                store.publish(made)
                return ended
            },
        ])
        #expect(try await obtain(store)(.idToken, .attended(Self.person)).accessToken == Secret("access-made"))
        #expect(store.state.with { $0.spent }.isEmpty)
    }

    @Test("Where that sign-in is killed, the next one is awaited too", .timeLimit(.minutes(1)))
    func leavesTwice() async throws {
        let store = ScriptedTokenStore(tokens("old", life: 0))
        store.state.with { $0.isHeld = true }
        let (underWay, ended, made) = (progress(.starting), progress(.ended(problem: nil)), tokens("made"))
        journal.script([
            { nil }, { underWay }, { nil }, { nil }, { underWay },
            {
                store.publish(made)
                return ended
            },
        ])
        #expect(try await obtain(store)(.idToken, .attended(Self.person)).accessToken == Secret("access-made"))
    }

    @Test(
        "Who waits for its turn takes a verdict that another of this host has got meanwhile; a person goes on waiting",
        .timeLimit(.minutes(1)))
    func leavesForVerdict() async throws {
        let store = ScriptedTokenStore(tokens("old", life: 0))
        store.state.with { $0.isHeld = true }
        host.verdict.with { $0 = Verdict("not signed in") }
        let error = await #expect(throws: SignInProblem.self) { try await obtain(store)(.idToken, Self.nobody) }
        #expect(error?.description == "as another call was told less than 5 s ago, not signed in")
        let asked = obtain(store, [.success(grant("new"))])
        async let person = asked(.idToken, .attended(Self.person))
        let began = clock.uptime()
        while clock.uptime() < began + 10 { await Task.yield() }
        store.state.with { $0.isHeld = false }
        #expect(try await person.accessToken == Secret("access-new"))
    }

    @Test("Where the answer did not come in time, what somebody else has stored meanwhile is taken")
    func overtaken() async throws {
        let store = ScriptedTokenStore(tokens("old", life: 0))
        let newer = tokens("newer")
        let late = IdentityProviderError.http(.timedOut(host: "h", seconds: 15, requestMayHaveArrived: true))
        let obtain = obtain(store, [.failure(late)]) { store.publish(newer) }
        #expect(try await obtain(.idToken, Self.nobody).accessToken == Secret("access-newer"))
    }

    @Test("A first read that fails is not the end: under the right it is looked again")
    func failingRead() async throws {
        let store = ScriptedTokenStore(tokens("live"))
        store.state.with { $0.readErrors = [Self.failed] }
        #expect(try await obtain(store)(.idToken, Self.nobody).accessToken == Secret("access-live"))
    }

    @Test("Reads that fail while a sign-in is awaited do not end the wait")
    func failingReadsWhileWaiting() async throws {
        let store = ScriptedTokenStore()
        let made = tokens("made")
        store.state.with { $0.readErrors = [Self.failed, Self.failed, Self.failed] }
        journal.script([
            { progress(.starting) }, { progress(.starting) },
            {
                store.publish(made)
                return progress(.ended(problem: nil))
            },
        ])
        let taken = try await obtain(store)(.idToken, .attended(Self.person))
        #expect(taken.accessToken == Secret("access-made"))
        #expect(host.started.with { $0 }.isEmpty)
    }

    @Test("A store that can't be read for long is told, and is the error after the sign-in: nobody is asked again")
    func lastingReadErrors() async throws {
        let store = ScriptedTokenStore()
        store.state.with { $0.readErrors = Array(repeating: Self.failed, count: 10_000) }
        journal.script(
            Array(repeating: { progress(.starting) }, count: 300) + [{ progress(.ended(problem: nil)) }])
        let error = await #expect(throws: SignInProblem.self) {
            try await obtain(store)(.idToken, .attended(Self.person))
        }
        guard case .store(.notReadable) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(host.told.with { $0 }.filter { $0.contains("Input/output error") }.count == 1)
        #expect(host.started.with { $0 }.isEmpty)
    }

    @Test("A sign-in anew asks for another sign-in than that of the tokens there, and refreshes nothing")
    func anew() async throws {
        let (old, store) = (tokens("old"), ScriptedTokenStore(tokens("old")))
        let made = tokens("made")
        journal.script([
            { nil }, { nil }, { progress(.starting) }, { progress(.starting) },
            {
                store.publish(made)
                return progress(.ended(problem: nil))
            },
        ])
        let taken = try await obtain(store, [.success(grant("refreshed"))]).signInAnew(Self.person)
        #expect(taken.accessToken == Secret("access-made"))
        #expect(host.started.with { $0 } == [TokenNeed.signIn(after: old)])
        #expect(store.state.with { $0.spent }.isEmpty)
    }

    @Test("Where nobody could follow it, a sign-in anew runs here")
    func anewHere() async throws {
        let store = ScriptedTokenStore(tokens("old"))
        let taken = try await obtain(store, journal: MemoryJournal(hasPlace: false)).signInAnew(Self.person)
        #expect(taken.accessToken == Secret("access-signed-in"))
        #expect(store.state.with { $0.record?.tokens.accessToken } == Secret("access-signed-in"))
        #expect(host.started.with { $0 }.isEmpty)
    }

    @Test(
        "A sign-in that a sign-out has undone is told as what it is, so that nobody asks once more",
        arguments: [true, false])
    func dropped(isDropped: Bool) async throws {
        let store = ScriptedTokenStore()
        store.state.with { $0.drops = isDropped }
        let run = RunSignIn(
            key: key, store: store, credentials: ListedCredentials(), signIn: InstantSignIn(tokens: tokens("made")),
            journal: journal, verdicts: host, processID: 77, interrupts: host, remarks: host, time: clock,
            log: ReadableLog())
        if isDropped {
            let error = await #expect(throws: SignInProblem.self) { try await run(.idToken) }
            guard case .signedOut = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            guard case .ended(let problem?)? = journal.latest(key)?.stage else {
                Issue.record("success is told")
                return
            }
            #expect(problem.contains("signed out"))
        } else {
            try await run(.idToken)
            #expect(journal.latest(key)?.stage == .ended(problem: nil))
        }
    }
}
