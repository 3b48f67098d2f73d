import Domain
import OpenSSL
import Ports
import Testing

@testable import AWS

@Suite("IAM of an account")
struct IAMAccountTests {
    private func account(_ step: ScriptedHTTP.Step) -> IAMAccount {
        let time = FakeTime()
        let cryptography = OpenSSLCryptography()
        let means = SignedCaller.Means(
            http: ScriptedHTTP([step], time), time: time, random: Halves(),
            signer: SignatureV4(digester: cryptography, authenticator: cryptography), variable: { _ in nil },
            retries: 0)
        return IAMAccount(
            caller: SignedCaller(means, .aws) { () async throws(SignedCallError) in
                SigningCredentials(accessKeyID: "a", secretAccessKey: Secret("b"))
            })
    }

    @Test("An alias that nobody may ask for is one that is not known; another refusal is trouble")
    func alias() async throws {
        func refusal(_ code: String) -> ScriptedHTTP.Step {
            .body("<ErrorResponse><Error><Code>\(code)</Code><Message>no</Message></Error></ErrorResponse>", 403)
        }
        let denied = try await account(refusal("AccessDenied")).alias()
        #expect(denied == .unknown(reason: "ListAccountAliases: AccessDenied: no"))
        await #expect(throws: AccountProblem.self) { try await account(refusal("Other")).alias() }
    }

    @Test("A role whose name can't be used is told with what is wrong with it, not with a flag of other commands")
    func invalidName() async throws {
        let listing = try await account(
            .body(
                """
                <ListRolesResponse><ListRolesResult><Roles><member><Arn>arn:aws:iam::123456789012:role/a b</Arn>\
                <AssumeRolePolicyDocument>null</AssumeRolePolicyDocument></member></Roles>\
                <IsTruncated>false</IsTruncated></ListRolesResult></ListRolesResponse>
                """, 200)
        ).roles()
        #expect(listing.roles.isEmpty)
        #expect(
            listing.unreadable.map(\.reason) == [
                "a role's name has 1 to 64 letters, digits and characters of +=,.@_-"
            ])
    }
}
