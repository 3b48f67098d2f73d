import Application
import Domain
import Locking
import Ports

/// A token store of one record in memory, whose calls fail as a test says.
final class ScriptedTokenStore: TokenStore {
    struct State: Sendable {
        var record: StoredTokens?
        /// What the next reads fail with, one after the other.
        var readErrors: [TokenStoreError] = []
        /// Another session beside that of the record: what there is after a removal that fails.
        var other: StoredTokens?
        /// What a removal fails with.
        var removeError: TokenStoreError?
        var isSpent = false
        var checkpointError: TokenStoreError?
        /// Whether a removal comes before what is produced is published.
        var drops = false
        /// Whether a removal comes before the right.
        var isOvertaken = false
        var isRemoved = false
        /// Whether somebody else has the right for as long as anybody waits.
        var isHeld = false
        var spent: [Secret] = []
        var kept: [Secret] = []
        var checkpoints: [TokenSet] = []
    }

    let state: Guarded<State>

    init(_ tokens: TokenSet? = nil) {
        state = Guarded(State(record: tokens.map { Self.record($0, 1) }))
    }

    private static func record(_ tokens: TokenSet, _ number: UInt64) -> StoredTokens {
        StoredTokens(tokens: tokens, generation: number, isRefreshTokenRefused: false)
    }

    func publish(_ tokens: TokenSet) {
        state.with { $0.record = Self.record(tokens, ($0.record?.generation ?? 0) + 1) }
    }

    func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? {
        try state.with { state throws(TokenStoreError) in
            if !state.readErrors.isEmpty { throw state.readErrors.removeFirst() }
            return state.record
        }
    }

    func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        if let tokens = state.with({ $0.record?.tokens }), isEnough(tokens) {
            return ProducedTokens(tokens: tokens, unstored: nil)
        }
        while state.with({ $0.isHeld }) {
            if Task.isCancelled { throw .stopped(CancellationError()) }
            await Task.yield()
        }
        if state.with({ $0.isOvertaken }) { try remove(key) }
        do {
            let tokens = try await body(Production(state: state))
            let drops = state.with { $0.drops }
            if !drops { publish(tokens) }
            return ProducedTokens(tokens: tokens, unstored: nil, isDropped: drops)
        } catch {
            throw .stopped(error.reason)
        }
    }

    func remove(_ key: TokenKey) throws(TokenStoreError) {
        try state.with { state throws(TokenStoreError) in
            if let error = state.removeError {
                state.record = state.other ?? state.record
                throw error
            }
            (state.record, state.isRemoved) = (nil, true)
        }
    }

    func all(_ key: TokenKey) throws(TokenStoreError) -> [StoredTokens] {
        let other = state.with { $0.other }
        return [try read(key), other].compactMap { $0 }
    }

    func lastChange(_ key: TokenKey) -> LastChange { state.with { LastChange(isRemoval: $0.isRemoved) } }

    private struct Production: TokenProduction {
        let state: Guarded<State>

        func newest() -> StoredTokens? { state.with { $0.record } }
        func reserve() {}
        func spend(_ refreshToken: Secret) async throws(TokenStoreError) -> Spending {
            state.with { state in
                if state.isSpent { return .spent }
                state.spent.append(refreshToken)
                return .allowed(sentBy: nil)
            }
        }
        func keep(_ refreshToken: Secret) { state.with { $0.kept.append(refreshToken) } }
        func checkpoint(_ tokens: TokenSet) throws(TokenStoreError) {
            try state.with { state throws(TokenStoreError) in
                if let error = state.checkpointError { throw error }
                state.checkpoints.append(tokens)
            }
        }
        func noteRefused(_ refreshToken: Secret) {}
    }
}

/// A provider whose token endpoint answers refreshes as a test says.
final class ScriptedProvider: IdentityProvider, IDTokenVerifier {
    private let issuer: Issuer
    private let clock: TurnedClock
    private let answers: Guarded<[Result<TokenGrant, IdentityProviderError>]>
    /// What happens elsewhere while a refresh is under way.
    private let meanwhile: @Sendable () -> Void

    init(
        _ issuer: Issuer, _ clock: TurnedClock, _ answers: [Result<TokenGrant, IdentityProviderError>],
        meanwhile: @escaping @Sendable () -> Void = {}
    ) {
        self.meanwhile = meanwhile
        self.issuer = issuer
        self.clock = clock
        self.answers = Guarded(answers)
    }

    func metadata(by deadline: Deadline) async throws(IdentityProviderError) -> ProviderMetadata {
        ProviderMetadata(
            issuer: issuer, authorizationEndpoint: "a", tokenEndpoint: "t", keysAddress: "k",
            introspectionEndpoint: nil, namesItselfInRedirect: false)
    }
    func refresh(_ refreshToken: Secret, by deadline: Deadline) async throws(IdentityProviderError) -> TokenGrant {
        meanwhile()
        return try answers.with { $0.isEmpty ? .failure(.noDeviceGrant) : $0.removeFirst() }.get()
    }
    func redeem(code: Secret, verifier: Secret, redirectURI: String, by deadline: Deadline)
        async throws(IdentityProviderError) -> TokenGrant
    { throw .noDeviceGrant }
    func authorizeDevice(by deadline: Deadline) async throws(IdentityProviderError) -> DeviceAuthorization {
        throw .noDeviceGrant
    }
    func redeem(deviceCode: Secret, by deadline: Deadline) async throws(IdentityProviderError) -> TokenGrant {
        throw .noDeviceGrant
    }
    func status(ofRefreshToken refreshToken: Secret, by deadline: Deadline)
        async throws(IdentityProviderError) -> RefreshTokenStatus
    { .inactive }
    func revoke(_ token: Secret, _ kind: RevocableToken, by deadline: Deadline)
        async throws(IdentityProviderError) -> Revocation
    { .revoked }

    func prepare(by deadline: Deadline) async throws(IdentityProviderError) {}
    func verify(_ idToken: Secret, _ expected: IDTokenExpectations, by deadline: Deadline)
        async throws(IdentityProviderError) -> IDTokenClaims
    {
        if idToken == Secret("id-unverifiable") {
            throw .http(.timedOut(host: "h", seconds: 9, requestMayHaveArrived: true))
        }
        var claims = IDTokenClaims()
        claims.subject = "ada"
        claims.expiry = clock.now() + 3600
        return claims
    }
}

/// What this host knows of sign-ins, in memory; each look at it may be answered by a test's next step.
final class MemoryJournal: SignInJournal {
    private let entry = Guarded<SignInProgress?>(nil)
    private let steps = Guarded<[@Sendable () -> SignInProgress?]>([])
    let hasPlace: Bool

    init(hasPlace: Bool = true) { self.hasPlace = hasPlace }

    /// What the next looks show; the last one is repeated.
    func script(_ steps: [@Sendable () -> SignInProgress?]) { self.steps.with { $0 = steps } }

    func latest(_ key: TokenKey) -> SignInProgress? {
        let step = steps.with { steps in steps.count > 1 ? steps.removeFirst() : steps.first }
        return step.map { $0() } ?? entry.with { $0 }
    }
    func write(_ progress: SignInProgress, _ key: TokenKey) -> Bool {
        if hasPlace { entry.with { $0 = progress } }
        return hasPlace
    }
    func pause(_ key: TokenKey) -> SignInPause? { nil }
    func setPause(_ pause: SignInPause?, _ key: TokenKey) {}
}

/// Everything else that the flow stands on, in the simplest form.
final class QuietHost: VerdictBoard, SignInStarter, HostLock, Interrupts, SignInConsole, Notices, Remarks, HTTPClient {
    let told = Guarded<[String]>([])
    let started = Guarded<[TokenNeed]>([])

    let verdict = Guarded<Verdict?>(nil)

    let posted = Guarded<[String]>([])
    /// When somebody was told that the provider can't be had.
    let outageAt = Guarded<Double?>(nil)
    /// The marks of tokens that were revoked and could not be removed.
    let revoked = Guarded<[String]>([])
    func post(_ verdict: Verdict, on subject: String) {
        posted.with { $0.append(subject) }
        if subject.hasPrefix("revoked ") { revoked.with { $0.append(verdict.description) } }
    }
    func verdict(on subject: String, since uptime: Double) -> Verdict? {
        if subject.hasPrefix("outage ") {
            return outageAt.with { $0.map { $0 >= uptime } ?? false } ? Verdict("the provider is away") : nil
        }
        return subject.hasPrefix("sign-out ") ? nil : verdict.with { $0 }
    }
    func start(for need: TokenNeed) throws(SignInStartError) -> Int32 {
        started.with { $0.append(need) }
        return 77
    }
    func cancel(_ processID: Int32) {}
    func hold(_ name: String, within seconds: Double) async -> HostLockOutcome { .held(afterWaiting: false) }
    func begin() {}
    func wasRaised() -> Bool { false }
    func begin(reading: Bool) -> Bool { false }
    func lines() -> [String] { [] }
    func show(_ status: String?) {}
    func end() {}
    func tell(_ line: String) { told.with { $0.append(line) } }
    func warn(_ line: String) { told.with { $0.append(line) } }
    func all() -> [String] { [] }
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse { throw .cancelled }
}

/// A sign-in that gives these tokens.
struct InstantSignIn: SignInFlow {
    let tokens: TokenSet
    var longest: Double { 300 }

    func callAsFunction(report: @Sendable (SignInProgress.Stage) -> Void) async throws(SignInProblem) -> TokenSet {
        tokens
    }
}

/// No credentials, and what a drop tells all the same.
struct ListedCredentials: CredentialsStore {
    var unremoved: [UnremovedCredentials] = []

    func read(_ key: CredentialsKey) -> StoredCredentials? { nil }
    func dropMark(_ key: CredentialsKey) -> DropMark { DropMark(traces: []) }
    func produce<Failure: Error>(
        _ key: CredentialsKey, since mark: DropMark, waitingUntil deadline: Deadline,
        isEnough: @Sendable (StoredCredentials) -> Bool,
        body: @Sendable () async throws(Failure) -> StoredCredentials
    ) async throws(Failure) -> StoredCredentials { try await body() }
    func postpone(_ stored: StoredCredentials, _ key: CredentialsKey, until renewAfter: Timestamp) {}
    func drop(_ key: TokenKey) -> [UnremovedCredentials] { unremoved }
    func list() -> [CredentialsHeader] { [] }
}
