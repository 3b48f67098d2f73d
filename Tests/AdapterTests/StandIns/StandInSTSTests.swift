import Domain
import StandIns
import Testing

@Suite("The stand-in STS")
struct StandInSTSTests {
    private let role = "arn:aws:iam::123456789012:role/team/reader"

    private func withService(
        _ settings: StandInSTS.Settings = .init(),
        _ body: (StandInSTS, StandInIdentityProvider, Visitor) async throws -> Void
    ) async throws {
        try await withProvider { provider, visitor in
            let service = try await StandInSTS.start(settings, trusting: provider)
            do {
                try await body(service, provider, visitor)
            } catch {
                await service.stop()
                throw error
            }
            await service.stop()
        }
    }

    private func assume(
        _ service: StandInSTS, _ token: String, _ changes: [String: String] = [:]
    ) async throws -> LoopbackHTTP.Answer {
        let parameters = [
            "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": role,
            "RoleSessionName": "ada@example.com", "WebIdentityToken": token, "DurationSeconds": "3600",
        ].merging(changes) { $1 }
        return try await LoopbackHTTP.post(
            FormFields(parameters.map { ($0.key, $0.value) }), to: service.endpoint + "/")
    }

    /// The text of the first element of that name.
    private func element(_ name: String, _ answer: LoopbackHTTP.Answer) -> String? {
        guard let start = answer.text.firstRange(of: "<\(name)>"),
            let end = answer.text[start.upperBound...].firstRange(of: "</\(name)>")
        else { return nil }
        return String(answer.text[start.upperBound..<end.lowerBound])
    }

    @Test("A good id_token gets credentials, which know whose they are")
    func credentials() async throws {
        try await withService { service, _, visitor in
            let answer = try await assume(service, try await visitor.signIn().member("id_token"))
            #expect(answer.status == 200)
            #expect(answer[header: "content-type"] == "text/xml")
            #expect(answer.text.contains(#"xmlns="https://sts.amazonaws.com/doc/2011-06-15/""#))
            let arn = "arn:aws:sts::123456789012:assumed-role/reader/ada@example.com"
            #expect(element("Arn", answer) == arn)
            let key = try #require(element("AccessKeyId", answer))
            let token = try #require(element("SessionToken", answer))
            let signed = "AWS4-HMAC-SHA256 Credential=\(key)/20260101/us-east-1/sts/aws4_request, Signature=00"
            let form = FormFields([("Action", "GetCallerIdentity"), ("Version", "2011-06-15")])
            let identity = try await LoopbackHTTP.fetch(
                "POST", service.endpoint + "/",
                headers: [
                    ("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", signed),
                    ("X-Amz-Security-Token", token),
                ], body: Array(form.encoded.utf8))
            #expect(element("Arn", identity) == arn)
            #expect(element("Account", identity) == "123456789012")
            #expect(service.log.entries.map(\.endpoint) == [.assumeRole, .callerIdentity])
            #expect(!service.log.entries.contains { $0.outcome != "ok" })
        }
    }

    @Test(
        "A parameter that AWS does not take is a ValidationError",
        arguments: [
            ("RoleSessionName", "a"), ("RoleSessionName", "a b"), ("RoleArn", "short"),
            ("RoleArn", "arn:aws:iam::12345:role/reader"), ("DurationSeconds", "899"), ("DurationSeconds", "43201"),
            ("WebIdentityToken", "abc"),
        ])
    func validation(name: String, value: String) async throws {
        try await withService { service, _, visitor in
            let token = try await visitor.signIn().member("id_token")
            let answer = try await assume(service, token, [name: value])
            #expect(answer.status == 400)
            #expect(element("Code", answer) == "ValidationError")
        }
    }

    @Test(
        "A token that is not genuine, not for us, or not of a provider that is known is an InvalidIdentityToken",
        arguments: [
            StandInIdentityProvider.IDTokenFault.wrongSignature, .algorithmNone, .symmetricAlgorithm, .wrongAudience,
            .wrongIssuer, .missingSubject, .missingIssuedAt, .garbage, .unknownKeyID, .wrongAuthorizedParty,
        ])
    func invalid(fault: StandInIdentityProvider.IDTokenFault) async throws {
        try await withService { service, provider, visitor in
            provider.change { $0.idTokenFault = fault }
            let answer = try await assume(service, try await visitor.signIn().member("id_token"))
            #expect(answer.status == 400)
            #expect(element("Code", answer) == "InvalidIdentityToken")
        }
    }

    @Test("A token that is over is an ExpiredTokenException, and a role that is not there AccessDenied")
    func expired() async throws {
        try await withService { service, _, visitor in
            let token = try await visitor.signIn().member("id_token")
            service.change { $0.clockOffset = 3601 }
            #expect(element("Code", try await assume(service, token)) == "ExpiredTokenException")
            service.change {
                $0.clockOffset = 0
                $0.roles = ["arn:aws:iam::123456789012:role/other"]
            }
            let denied = try await assume(service, token)
            #expect(denied.status == 403)
            #expect(element("Code", denied) == "AccessDenied")
        }
    }

    @Test("The next answers are the errors that are asked for")
    func faults() async throws {
        try await withService { service, _, visitor in
            let token = try await visitor.signIn().member("id_token")
            service.change {
                $0.faults[.assumeRole] = [
                    .refusal(code: "IDPCommunicationError", message: "a < b", times: 2),
                    .refusal(code: "Throttling", status: 400, times: 1),
                ]
            }
            var codes: [String?] = []
            for _ in 1...4 { codes.append(element("Code", try await assume(service, token))) }
            #expect(codes == ["IDPCommunicationError", "IDPCommunicationError", "Throttling", nil])
        }
    }
}
