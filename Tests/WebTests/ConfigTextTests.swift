import Application
import Dispatch
import Domain
import Locking
import NIOCore
import Ports
import Testing

@testable import Web

/// The texts of config files, which take a while to be written.
struct ConfigTextTests {
    /// Takes every token, for the person whose name it is.
    private struct KindVerifier: KeptKeysVerifier {
        func prepare(by deadline: Deadline) async throws(IdentityProviderError) {}

        func verify(_ idToken: Secret, _ expected: IDTokenExpectations, by deadline: Deadline)
            async throws(IdentityProviderError) -> IDTokenClaims
        { throw .noDeviceGrant }

        func verify(_ idToken: Secret, _ expected: IDTokenExpectations, orStale: Bool)
            throws(IdentityProviderError) -> IDTokenClaims?
        {
            var claims = IDTokenClaims()
            (claims.subject, claims.audience) = (idToken.revealed, ["c"])
            claims.expiry = StoppedClock().now() + 600
            return claims
        }
    }

    private struct NoLog: Log {
        func write(_ level: LogLevel, _ event: String, _ fields: KeyValuePairs<String, String>) {}
    }

    @Test("a default role that the person does not have is none: ever-new ones are one text, and crowd nothing out")
    func unknownRoles() async throws {
        let (time, issuer, client) = (StoppedClock(), try Issuer("https://id.example.com"), try ClientID("c"))
        let roles = ServedRoleMap(time: time, log: NoLog())
        let account = try #require(Account(id: "123456789012", name: "", alias: "acme"))
        let entry = RoleMap.Entry(
            account: account, role: try RoleARN("arn:aws:iam::123456789012:role/dev"), clientID: client)
        roles.take(.success(RoleMap(entries: [entry])))
        let answer = try await AnswerConfigRequest(
            tokens: VerifiedTokens(
                verifier: KindVerifier(),
                expectations: IDTokenExpectations(issuer: issuer, clientID: client, nonce: nil, accessToken: nil),
                digester: NoDigester(), time: time, log: NoLog()), directory: ClaimsDirectory(), roles: roles
        ).answer(to: .token(Secret("ada")))
        let rendered = RenderedAnswers(issuer: issuer)
        let told = String(buffer: try rendered.config(answer, region: .usual, defaultRole: "nobodys"))
        #expect(told.hasPrefix("# none of these roles is named nobodys,"))
        let plain = try #require(rendered.configAtHand(answer, region: .usual, defaultRole: nil))
        #expect(told.hasSuffix("\n" + String(buffer: plain)) && told.split(separator: "# ").count == 1)
        #expect(rendered.configAtHand(answer, region: .usual, defaultRole: "nobodys") == nil)
        let own = try rendered.config(answer, region: .usual, defaultRole: "dev")
        #expect(rendered.configAtHand(answer, region: .usual, defaultRole: "dev") == own && own != plain)
    }

    @Test("texts are written one at a time; one person can't have many wait, and others are none the worse for it")
    func bounded() async {
        let desk = TextDesk()
        let gate = DispatchSemaphore(value: 0)
        let atOnce = Guarded((now: 0, most: 0))
        await withTaskGroup(of: String?.self) { group in
            for _ in 1...TextDesk.mostOfOne {
                group.addTask {
                    await desk.write(for: "ada") {
                        atOnce.with { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                        gate.wait()
                        atOnce.with { $0.now -= 1 }
                        return "hers"
                    }
                }
            }
            while desk.count(of: "ada") < TextDesk.mostOfOne { await Task.yield() }
            #expect(await desk.write(for: "ada") { "one more" } == nil)
            group.addTask { await desk.write(for: "bob") { "his" } }
            while desk.count(of: "bob") == 0 { await Task.yield() }
            for _ in 1...TextDesk.mostOfOne { gate.signal() }
            let texts = await group.reduce(into: []) { $0.append($1) }
            #expect(texts.count { $0 == "hers" } == TextDesk.mostOfOne && texts.contains("his"))
        }
        #expect(atOnce.with { $0.most } == 1)
        #expect(await desk.write(for: "ada") { "again" } == "again")
    }
}
