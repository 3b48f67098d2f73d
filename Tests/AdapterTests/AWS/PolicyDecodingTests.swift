import Domain
import Testing

@testable import AWS

@Suite("Trust policies as IAM sends them")
struct PolicyDecodingTests {
    private static let plain = """
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": "a"},
         "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"a:aud": "b+c"}}}]}
        """

    @Test("Percent-encoded and plain, with lists and without, a policy is the same")
    func spellings() throws {
        let plain = try PolicyDecoding.policy(Self.plain)
        #expect(try PolicyDecoding.policy(PercentEncoding.encode(Self.plain)) == plain)
        let listed = """
            {"Version": "2012-10-17", "Statement": {"Sid": "x", "Effect": "Allow", "Principal": {"Federated": ["a"]},
             "Action": ["sts:AssumeRoleWithWebIdentity"], "Condition": {"StringEquals": {"a:aud": ["b+c"]}}}}
            """
        #expect(try PolicyDecoding.policy(listed) == plain)
        #expect(plain.statements.first?.conditions == [TrustPolicy.Condition("StringEquals", "a:aud", ["b+c"])])
    }

    @Test(
        "What is wrong with one statement of several is said",
        arguments: [
            (#"{"Effect": "allow", "Principal": "*", "Action": "*"}"#, #"has the Effect "allow", which is none"#),
            (#"{"Effect": "Allow", "Action": "*"}"#, "has no Principal"),
            (#"{"Effect": "Allow", "Principal": "x", "Action": "*"}"#, "has a Principal that is a text, but not *"),
            (
                #"{"Effect": "Allow", "Principal": "*", "Action": ["a", 5]}"#,
                "has something else than IAM knows in Statement.Action"
            ),
        ])
    func reasons(statement: String, reason: String) {
        let good = #"{"Effect": "Allow", "Principal": "*", "Action": "*"}"#
        #expect(throws: MalformedPolicy(reason)) {
            try PolicyDecoding.policy(#"{"Statement": [\#(good), \#(statement)]}"#)
        }
    }

    @Test("Where the whole is something else, that is said of the whole", arguments: ["null", "[]", "7", "\"x\""])
    func somethingElse(document: String) {
        #expect(throws: MalformedPolicy("is no JSON object")) { try PolicyDecoding.policy(document) }
    }

    @Test("Truths and numbers are values like texts")
    func scalars() throws {
        let policy = try PolicyDecoding.policy(
            #"{"Statement": {"Effect": "Deny", "Principal": "*", "NotAction": "a", "Condition": {"Bool": {"k": true}, "NumericEquals": {"k": [1, 2.5]}}}}"#
        )
        #expect(!policy.hasVariables)
        #expect(policy.statements.first?.principal == .everyone)
        #expect(policy.statements.first?.actions == .allBut(["a"]))
        #expect(policy.statements.first?.conditions.map(\.values) == [["true"], ["1", "2.5"]])
    }

    @Test(
        "What is no policy is told as that",
        arguments: [
            "", "{", "[]", "{}", "null", "%7", "%FF", #"{"Statement": []"#, #"{"Statement": 5}"#,
            #"{"Statement": {"Effect": "allow", "Principal": "*", "Action": "*"}}"#,
            #"{"Statement": {"Effect": "Allow", "Action": "*"}}"#,
            #"{"Statement": {"Effect": "Allow", "Principal": "x", "Action": "*"}}"#,
            #"{"Statement": {"Effect": "Allow", "Principal": "*"}}"#,
            #"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": 5}}"#,
            #"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "NotAction": "*"}}"#,
            #"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Condition": {"StringEquals": "x"}}}"#,
            String(repeating: "[", count: 60_000), String(repeating: " ", count: 70_000),
            #"{"Statement":"# + String(repeating: "[", count: 50_000),
        ])
    func malformed(document: String) throws {
        #expect(throws: MalformedPolicy.self) { try PolicyDecoding.policy(document) }
    }
}
