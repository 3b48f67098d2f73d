import Application
import Domain
import Locking
import Ports
import Testing

@Suite("Signing out") struct LogOutTests {
    private let clock = TurnedClock()

    @Test("The folder that AWS credentials could not be removed from is told, with what would help")
    func credentialsLeft() async throws {
        let key = TokenKey(issuer: try Issuer("https://login.example.com"), clientID: try ClientID("client"))
        for (lacksPermission, remedy) in [(true, "Make it writable"), (false, "Mend that")] {
            let unremoved = UnremovedCredentials(folder: "/run", reason: "bad", lacksPermission: lacksPermission)
            let out = LogOut(
                key: key, store: ScriptedTokenStore(), credentials: ListedCredentials(unremoved: [unremoved]),
                journal: MemoryJournal(), starter: QuietHost(), provider: ScriptedProvider(key.issuer, clock, []),
                verdicts: QuietHost(), time: clock)
            #expect(
                await out().unremovedCredentials.map { "\($0)" } == [
                    "the cached AWS credentials in /run could not be removed: bad. \(remedy), then run it again."
                ])
        }
    }

    @Test(
        "Of one trouble with reading and removing it is said once what it is", arguments: ["Permission denied", "full"])
    func trouble(removing: String) async throws {
        let key = TokenKey(issuer: try Issuer("https://login.example.com"), clientID: try ClientID("client"))
        let store = ScriptedTokenStore()
        store.state.with {
            $0.readErrors = [.notReadable(path: "/tokens/record", reason: "Permission denied")]
            $0.removeError = .notWritable(path: "/tokens", reason: removing)
        }
        let out = LogOut(
            key: key, store: store, credentials: ListedCredentials(), journal: MemoryJournal(),
            starter: QuietHost(), provider: ScriptedProvider(key.issuer, clock, []), verdicts: QuietHost(), time: clock)
        let report = await out()
        let isSaid = report.warnings.contains { $0.contains("Permission denied") }
        #expect(report.warnings.count == 1)
        #expect(isSaid == (removing == "full"))
    }

    @Test("Of two sessions that are revoked, and of which one could be removed, the other one is marked")
    func oneLeft() async throws {
        let key = TokenKey(issuer: try Issuer("https://login.example.com"), clientID: try ClientID("client"))
        let (own, shared) = (Self.tokens("own"), Self.tokens("shared"))
        let (store, host) = (ScriptedTokenStore(own), QuietHost())
        store.state.with {
            $0.other = StoredTokens(tokens: shared, generation: 2, isRefreshTokenRefused: false)
            $0.removeError = .notWritable(path: "/home", reason: "Read-only file system")
        }
        let out = LogOut(
            key: key, store: store, credentials: ListedCredentials(), journal: MemoryJournal(), starter: host,
            provider: ScriptedProvider(key.issuer, clock, []), verdicts: host, time: clock)
        let report = await out()
        #expect(report.revoked == [.refreshToken, .accessToken, .refreshToken, .accessToken])
        #expect(host.revoked.with { $0 } == [shared.idTokenMark])
    }

    private static func tokens(_ name: String) -> TokenSet {
        TokenSet(
            accessToken: Secret("access-" + name), tokenType: "Bearer", accessTokenExpiry: Timestamp(seconds: 9000),
            expiresIn: nil, idToken: Secret("id-" + name), claims: IDTokenClaims(),
            refreshToken: Secret("refresh-" + name), refreshTokenExpiry: nil)
    }
}
