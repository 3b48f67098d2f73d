import Domain
import Testing

@Suite("What the conditions of a trust policy say of a token")
struct TrustPolicyConditionTests {
    @Test(
        "A condition beside the one on the client decides as IAM's operators do",
        arguments: [
            // On the client itself.
            (condition("StringEquals", audience, "x", "app"), ShortVerdict.allowed),
            (condition("StringEquals", audience), .refused),
            (condition("stringequals", "LOGIN.example.com/oauth2/x:AUD", "app"), .allowed),
            (condition("StringNotEquals", audience, "x", "y"), .allowed),
            (condition("StringNotEquals", audience, "x", "app"), .refused),
            (condition("StringEqualsIgnoreCase", audience, "APP"), .allowed),
            (condition("StringNotEqualsIgnoreCase", audience, "APP"), .refused),
            (condition("StringLike", audience, "a?p"), .allowed),
            (condition("StringLike", audience, "*p*"), .allowed),
            (condition("StringLike", audience, "A*"), .refused),
            (condition("StringNotLike", audience, "a*"), .refused),
            (condition("StringEqualsIfExists", audience, "app"), .allowed),
            (condition("StringEqualsIfExists", audience, "x"), .refused),
            (condition("ForAnyValue:StringEquals", audience, "x", "app"), .allowed),
            (condition("ForAllValues:StringLike", audience, "a*"), .allowed),
            (condition("ForAllValues:StringEquals", audience, "x"), .refused),
            (condition("Null", audience, "false"), .allowed),
            (condition("Null", audience, "true"), .refused),
            (condition("StringEquals", audience, "${aws:username}"), .conditional),
            (condition("StringEquals", audience, "${aws:username}", "app"), .allowed),
            (condition("ArnLike", audience, "app"), .conditional),
            (condition("StringSomething", audience, "app"), .conditional),
            // On the person, whom nobody knows yet, but who has a subject.
            (condition("StringEquals", subject, "00u1"), .conditional),
            (condition("StringNotEquals", subject, "00u1"), .conditional),
            (condition("StringLike", subject, "*"), .allowed),
            (condition("StringNotLike", subject, "*"), .refused),
            (condition("Null", subject, "true"), .refused),
            // On what may be in a token or not.
            (condition("StringEquals", "login.example.com/oauth2/x:azp", "app"), .conditional),
            (condition("StringLikeIfExists", "login.example.com/oauth2/x:azp", "*"), .allowed),
            (condition("ForAnyValue:StringLike", "login.example.com/oauth2/x:amr", "mfa"), .conditional),
            // On the request.
            (condition("IpAddress", "aws:SourceIp", "10.0.0.0/8"), .conditional),
            (condition("Bool", "aws:SecureTransport", "true"), .conditional),
            (condition("StringEquals", "sts:RoleSessionName", "x"), .conditional),
            // On another provider's token: no such key is there.
            (condition("StringEquals", "other.example.com:aud", "app"), .refused),
            (condition("StringNotEquals", "other.example.com:aud", "app"), .allowed),
            (condition("StringEqualsIfExists", "other.example.com:aud", "x"), .allowed),
            (condition("StringLike", "login.example.com:aud", "*"), .refused),
            (condition("ForAllValues:StringEquals", "other.example.com:aud", "x"), .allowed),
            (condition("ForAnyValue:StringNotEquals", "other.example.com:aud", "x"), .refused),
            (condition("Null", "other.example.com:aud", "true"), .allowed),
        ])
    func conditions(second: TrustPolicy.Condition, expected: ShortVerdict) throws {
        let verdict = TrustPolicy([statement(conditions: [isApp, second])]).verdict(for: try identity())
        #expect(ShortVerdict(verdict) == expected, "\(verdict)")
    }

    @Test("In the old version of the language a ${ is a text like any other")
    func oldVersion() throws {
        let policy = TrustPolicy(
            hasVariables: false, [statement(conditions: [isApp, condition("StringNotEquals", audience, "${a}")])])
        #expect(policy.verdict(for: try identity()) == .allowed)
    }
}
