import Domain
import Testing

@Suite("STS refusals") struct STSRefusalTests {
    static func refusal(
        _ code: String, _ message: String = "", status: Int = 400, subject: String? = "sub-1",
        audience: String? = "app-1"
    ) throws -> STSRefusal {
        STSRefusal(
            code: code, message: message, status: status, role: try RoleARN("arn:aws:iam::123456789012:role/Dev"),
            region: "us-east-1", subject: subject, audience: audience)
    }

    @Test(
        "Each code has its kind",
        arguments: [
            ("IDPCommunicationError", "", 400, STSRefusal.Kind.transient),
            ("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider", 400, .transient),
            ("InvalidIdentityToken", "No OpenIDConnect provider found in your account", 400, .final),
            ("InvalidIdentityTokenException", "Couldn't retrieve verification key", 400, .transient),
            ("ExpiredTokenException", "Token expired: current date/time …", 400, .expiredToken),
            ("ExpiredToken", "", 400, .expiredToken),
            ("Throttling", "Rate exceeded", 400, .transient), ("ThrottlingException", "", 400, .transient),
            ("ThrottledException", "", 400, .transient), ("RequestThrottledException", "", 400, .transient),
            ("RequestThrottled", "", 400, .transient), ("TooManyRequestsException", "", 400, .transient),
            ("ProvisionedThroughputExceededException", "", 400, .transient),
            ("TransactionInProgressException", "", 400, .transient), ("RequestLimitExceeded", "", 503, .transient),
            ("BandwidthLimitExceeded", "", 400, .transient), ("LimitExceededException", "", 400, .transient),
            ("SlowDown", "", 400, .transient), ("PriorRequestNotComplete", "", 400, .transient),
            ("EC2ThrottledException", "", 400, .transient), ("RequestTimeout", "", 400, .transient),
            ("InternalFailure", "", 500, .transient), ("Whatever", "", 502, .transient),
            ("ServiceUnavailable", "", 503, .transient), ("Whatever", "", 504, .transient),
            ("Whatever", "", 429, .transient), ("Whatever", "", 501, .final), ("Whatever", "", 505, .final),
            ("AccessDenied", "", 403, .final), ("IDPRejectedClaim", "", 403, .final),
            ("RegionDisabledException", "", 403, .final), ("MalformedPolicyDocument", "", 400, .final),
            ("PackedPolicyTooLarge", "", 400, .final), ("ValidationError", "", 400, .final),
            ("Exception", "", 400, .final),
        ])
    func kind(code: String, message: String, status: Int, kind: STSRefusal.Kind) throws {
        #expect(try Self.refusal(code, message, status: status).kind == kind)
    }

    @Test(
        "Each code is explained, with what to do",
        arguments: [
            (
                "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403,
                "AWS does not let the id_token of subject \"sub-1\" for audience \"app-1\" take the role "
                    + "arn:aws:iam::123456789012:role/Dev (AccessDenied: Not authorized to perform "
                    + "sts:AssumeRoleWithWebIdentity); it says so of a role that does not exist, too. Check --aws-role-arn "
                    + "and --client-id, and ask the role's owner whether its trust policy allows this subject and audience."
            ),
            (
                "ExpiredTokenException", "Token expired.", 400,
                "AWS says that the id_token is over (ExpiredTokenException: Token expired). Run aws-oidc login; if it comes "
                    + "back, set this machine's clock."
            ),
            (
                "IDPRejectedClaim", "no", 403,
                "AWS says that the identity provider rejected a claim of the id_token of subject \"sub-1\" for audience "
                    + "\"app-1\", or that it is over or revoked (IDPRejectedClaim: no). Run aws-oidc login; if it comes back, "
                    + "ask whoever runs the identity provider."
            ),
            (
                "InvalidIdentityToken", "Incorrect token audience", 400,
                "AWS account 123456789012 does not accept the id_token of subject \"sub-1\" for audience \"app-1\" "
                    + "(InvalidIdentityToken: Incorrect token audience). Check --issuer-url and --client-id, and ask the "
                    + "account's owner whether IAM has an OpenID Connect provider for this issuer with this audience."
            ),
            (
                "InvalidIdentityToken", "Couldn't retrieve verification key", 400,
                "AWS STS in us-east-1 could not give credentials for arn:aws:iam::123456789012:role/Dev just now "
                    + "(InvalidIdentityToken: Couldn't retrieve verification key). Run it again; if it stays, the issuer's "
                    + "discovery document and keys can't be reached from the internet: tell whoever runs it."
            ),
            (
                "RegionDisabledException", "", 403,
                "AWS STS in us-east-1 is not active for account 123456789012 (RegionDisabledException). Set AWS_REGION to "
                    + "another region, or have this one activated in the account settings of IAM."
            ),
            (
                "MalformedPolicyDocument", "bad", 400,
                "AWS can't read the session policy for arn:aws:iam::123456789012:role/Dev (MalformedPolicyDocument: bad). "
                    + "Correct the policy."
            ),
            (
                "PackedPolicyTooLarge", "", 400,
                "the session policies and session tags for arn:aws:iam::123456789012:role/Dev are too large for AWS "
                    + "(PackedPolicyTooLarge). Make the policies shorter, or have the identity provider send fewer session tags."
            ),
            (
                "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
                400,
                "the session for arn:aws:iam::123456789012:role/Dev is longer than that role's maximum (ValidationError: "
                    + "The requested DurationSeconds exceeds the MaxSessionDuration set for this role). "
                    + "Have the role's maximum session duration raised."
            ),
            (
                "ValidationError", "Request ARN is invalid", 400,
                "AWS does not accept a value of the request for arn:aws:iam::123456789012:role/Dev (ValidationError: "
                    + "Request ARN is invalid). Check --aws-role-arn."
            ),
            (
                "Throttling", "Rate exceeded", 400,
                "AWS STS in us-east-1 could not give credentials for arn:aws:iam::123456789012:role/Dev just now "
                    + "(Throttling: Rate exceeded). Run it again in a minute."
            ),
            (
                "Novelty", "so new", 418,
                "AWS refused to give credentials for arn:aws:iam::123456789012:role/Dev (Novelty: so new, status 418). "
                    + "Ask the role's owner, with this line."
            ),
        ])
    func sentence(code: String, message: String, status: Int, sentence: String) throws {
        #expect(try Self.refusal(code, message, status: status).description == sentence)
    }

    @Test("What is not known is left out")
    func withoutClaims() throws {
        let refusal = try Self.refusal("AccessDenied", subject: nil, audience: nil)
        #expect(refusal.description.hasPrefix("AWS does not let the id_token take the role arn:"))
    }

    @Test("What others wrote stays on one line")
    func oneLine() throws {
        let refusal = try Self.refusal(
            "Odd\nCode", "one\r\ntwo\u{1B}[2J", subject: "a\nb", audience: "c\u{2028}d")
        #expect(refusal.description.contains("Odd Code: one"))
        let denied = try Self.refusal("AccessDenied", "x\ny", subject: "a\nb", audience: "c\u{2028}d")
        #expect(denied.description.contains("of subject \"a b\" for audience \"c d\""))
        for sentence in [refusal.description, denied.description] {
            #expect(!sentence.contains { $0.isNewline || $0 == "\u{1B}" })
        }
    }
}
