import StandIns
import Testing

@Suite("Trouble with STS")
struct STSTroubleTests {
    /// An error code, its message and a piece of the remedy.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let code: String
        var message: String = "No, on purpose"
        let remedy: String

        var testDescription: String { code }
    }

    @Test(
        "A final refusal is asked for once and told in one line, with its code and a remedy",
        arguments: [
            Refusal(code: "AccessDenied", remedy: "trust policy"),
            Refusal(code: "IDPRejectedClaim", remedy: "aws-oidc login"),
            Refusal(code: "IDPRejectedClaimException", remedy: "aws-oidc login"),
            Refusal(code: "InvalidIdentityToken", message: "Incorrect token audience", remedy: "--client-id"),
            Refusal(
                code: "InvalidIdentityToken", message: "No OpenIDConnect provider found in your account",
                remedy: "OpenID Connect provider"),
            Refusal(code: "RegionDisabledException", remedy: "AWS_REGION"),
            Refusal(code: "MalformedPolicyDocument", remedy: "policy"),
            Refusal(code: "PackedPolicyTooLarge", remedy: "shorter"),
            Refusal(code: "ValidationError", remedy: "--aws-role-arn"),
            Refusal(
                code: "ValidationError",
                message: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
                remedy: "maximum session duration"),
            Refusal(code: "SomethingNew", remedy: "owner"),
        ])
    func final(refusal: Refusal) async throws {
        try await onStage { stage in
            try await stage.signIn()
            stage.sts.change {
                $0.faults[.assumeRole] = [.refusal(code: refusal.code, message: refusal.message, status: 400)]
            }
            let ended = try await stage.run(stage.credsProcess)
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errorLines.count == 1, "\(ended.errors)")
            #expect(ended.errors.hasPrefix("aws-oidc creds-process failed: "))
            #expect(ended.errors.contains(refusal.code) && ended.errors.contains(refusal.remedy), "\(ended.errors)")
            #expect(stage.requests == [.assumeRole])
            #expect(stage.visits == 1)
        }
    }

    @Test("An id_token that STS calls expired twice is told, after one refresh")
    func expired() async throws {
        try await onStage { stage in
            try await stage.signIn()
            stage.sts.change {
                $0.faults[.assumeRole] = [.refusal(code: "ExpiredTokenException", message: "Token expired")]
            }
            let ended = try await stage.run(stage.credsProcess)
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errors.contains("ExpiredTokenException") && ended.errors.contains("clock"), "\(ended.errors)")
            #expect(stage.requests == [.token, .assumeRole, .assumeRole])
            #expect(stage.visits == 1)
        }
    }

    @Test(
        "What passes is tried again, silently",
        arguments: [
            Fault.refusal(code: "IDPCommunicationError", times: 1), .refusal(code: "Throttling", times: 1),
            .refusal(code: "ThrottlingException", times: 1), .refusal(code: "RequestLimitExceeded", times: 1),
            .refusal(
                code: "InvalidIdentityToken",
                message: "Couldn't retrieve verification key from your identity provider", times: 1),
            .status(code: 500, times: 1), .status(code: 502, times: 1), .status(code: 503, times: 1),
            .status(code: 504, times: 1), .dropped(times: 1), .answerLost(times: 1),
        ])
    func transient(fault: Fault) async throws {
        try await onStage { stage in
            try await stage.signIn()
            stage.sts.change { $0.faults[.assumeRole] = [fault] }
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.errors.isEmpty)
            #expect(stage.requests == [.assumeRole, .assumeRole])
        }
    }

    @Test("An STS that stays out of order is named, after a few tries")
    func outOfOrder() async throws {
        try await onStage { stage in
            try await stage.signIn()
            stage.sts.change { $0.faults[.assumeRole] = [.refusal(code: "ServiceUnavailable", status: 503)] }
            let ended = try await stage.run(stage.credsProcess)
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.failures.count == 1)
            #expect(ended.errors.contains("ServiceUnavailable") && ended.errors.contains("again"), "\(ended.errors)")
            #expect((2...5).contains(stage.requests.count))
        }
    }

    @Test("An answer that is not STS's is told as that")
    func garbage() async throws {
        try await onStage { stage in
            try await stage.signIn()
            stage.sts.change { $0.faults[.assumeRole] = [.garbage()] }
            let ended = try await stage.run(stage.credsProcess)
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errorLines.count == 1)
        }
    }
}
