import Application
import Domain
import Locking
import Ports
import Testing

@Suite("Signing out") struct LogOutTests {
    private let clock = TurnedClock()

    private func header(_ key: TokenKey, expiry: Int64) -> CredentialsHeader {
        CredentialsHeader(
            renewAfter: Timestamp(seconds: expiry - 60), expiry: Timestamp(seconds: expiry),
            key: CredentialsKey(
                issuer: key.issuer.text, clientID: key.clientID.text, roleARN: "arn:aws:iam::123456789012:role/reader",
                duration: 3600, endpoints: EndpointVariables { _ in nil }),
            subject: "ada")
    }

    @Test("AWS credentials that another process has got meanwhile are none that could not be removed")
    func meanwhile() throws {
        let key = TokenKey(issuer: try Issuer("https://login.example.com"), clientID: try ClientID("client"))
        let (old, new) = (header(key, expiry: 2_000_000_000), header(key, expiry: 2_000_000_060))
        for (left, isKept) in [([], false), ([new], false), ([old], true), ([old, new], true)] {
            let out = LogOut(
                key: key, store: ScriptedTokenStore(), credentials: ListedCredentials([old], afterDrop: left),
                journal: MemoryJournal(), starter: QuietHost(), provider: ScriptedProvider(key.issuer, clock, []),
                verdicts: QuietHost(),
                time: clock)
            #expect(out.forgetCredentials() == isKept)
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
}
