import Domain
import Testing

private let providerARN = "arn:aws:iam::111111111111:oidc-provider/login.example.com/oauth2/x"
private let audience = "login.example.com/oauth2/x:aud"
private let subject = "login.example.com/oauth2/x:sub"

private func identity(
    client: String = "app", subject: String? = nil, issuer: String = "https://login.example.com/oauth2/x",
    partition: Partition = .aws, account: String = "111111111111"
) throws -> WebIdentity {
    WebIdentity(
        provider: FederatedProvider(try Issuer(issuer)), clientID: try ClientID(client), subject: subject,
        partition: partition, accountID: account)
}

private func statement(
    _ effect: TrustPolicy.Effect = .allow, federated: [String] = [providerARN],
    actions: [String] = ["sts:AssumeRoleWithWebIdentity"], conditions: [TrustPolicy.Condition] = [isApp]
) -> TrustPolicy.Statement {
    TrustPolicy.Statement(effect, .listed(["Federated": federated]), .listed(actions), conditions: conditions)
}

private let isApp = condition("StringEquals", audience, "app")

private func condition(_ comparison: String, _ key: String, _ values: String...) -> TrustPolicy.Condition {
    TrustPolicy.Condition(comparison, key, values)
}

/// A verdict without its reason, for tables.
enum ShortVerdict: Sendable {
    case allowed, conditional, refused

    init(_ verdict: TrustPolicy.Verdict) {
        switch verdict {
        case .allowed: self = .allowed
        case .conditional: self = .conditional
        case .refused: self = .refused
        }
    }
}

@Suite("What a trust policy says of a token")
struct TrustPolicyTests {
    @Test("The plain policy lets its client in, and no other")
    func plain() throws {
        let policy = TrustPolicy([statement()])
        #expect(policy.verdict(for: try identity()) == .allowed)
        #expect(policy.verdict(for: try identity(client: "other")) == .refused)
        #expect(policy.verdict(for: try identity(client: "APP")) == .refused)
    }

    @Test(
        "The principal must be the issuer's provider, host and path, in the role's own account and partition",
        arguments: [
            (providerARN, true),
            ("arn:aws:iam::111111111111:oidc-provider/LOGIN.example.com/oauth2/x", true),
            ("arn:aws:iam::111111111111:oidc-provider/login.example.com", false),
            ("arn:aws:iam::111111111111:oidc-provider/login.example.com/oauth2/X", false),
            ("arn:aws:iam::111111111111:oidc-provider/login.example.com/oauth2/x/y", false),
            ("arn:aws:iam::111111111111:oidc-provider/evil-login.example.com/oauth2/x", false),
            ("arn:aws:iam::222222222222:oidc-provider/login.example.com/oauth2/x", false),
            ("arn:aws-cn:iam::111111111111:oidc-provider/login.example.com/oauth2/x", false),
            ("arn:aws:iam::111111111111:saml-provider/login.example.com/oauth2/x", false),
            ("login.example.com/oauth2/x", false),
        ])
    func principal(federated: String, isAllowed: Bool) throws {
        let policy = TrustPolicy([statement(federated: ["other.example.com", federated])])
        #expect((policy.verdict(for: try identity()) == .allowed) == isAllowed)
    }

    @Test("Another partition has providers of its own")
    func otherPartition() throws {
        let arn = "arn:aws-us-gov:iam::111111111111:oidc-provider/login.example.com/oauth2/x"
        let policy = TrustPolicy([statement(federated: [arn])])
        #expect(policy.verdict(for: try identity(partition: .govCloud)) == .allowed)
        #expect(policy.verdict(for: try identity()) == .refused)
    }

    @Test("Google's provider is named without an ARN")
    func builtIn() throws {
        let policy = TrustPolicy([
            statement(
                federated: ["accounts.google.com"],
                conditions: [condition("StringEquals", "accounts.google.com:aud", "app")])
        ])
        #expect(policy.verdict(for: try identity(issuer: "https://accounts.google.com")) == .allowed)
    }

    @Test(
        "Actions may be patterns, in any case",
        arguments: [
            ("sts:AssumeRoleWithWebIdentity", true), ("STS:assumerolewithwebidentity", true), ("sts:*", true),
            ("sts:Assume*", true), ("*", true), ("sts:AssumeRole?ithWebIdentity", true), ("sts:AssumeRole", false),
            ("sts:AssumeRoleWithSAML", false), ("sts:AssumeRoleWithWebIdentityX", false), ("", false),
        ])
    func actions(action: String, isMeant: Bool) throws {
        let listed = TrustPolicy([statement(actions: ["sts:TagSession", action])])
        #expect((listed.verdict(for: try identity()) == .allowed) == isMeant)
        let allBut = TrustPolicy([
            TrustPolicy.Statement(
                .allow, .listed(["Federated": [providerARN]]), .allBut([action]), conditions: [isApp])
        ])
        #expect((allBut.verdict(for: try identity()) == .allowed) == !isMeant)
    }

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

    @Test("Whose subject is known, a condition on the subject is judged")
    func knownSubject() throws {
        let policy = TrustPolicy([statement(conditions: [isApp, condition("StringLike", subject, "00u*")])])
        #expect(policy.verdict(for: try identity(subject: "00u1")) == .allowed)
        #expect(policy.verdict(for: try identity(subject: "10u1")) == .refused)
    }

    @Test("In the old version of the language a ${ is a text like any other")
    func oldVersion() throws {
        let policy = TrustPolicy(
            hasVariables: false, [statement(conditions: [isApp, condition("StringNotEquals", audience, "${a}")])])
        #expect(policy.verdict(for: try identity()) == .allowed)
    }

    @Test(
        "A Deny wins over every Allow, for those whom it is about",
        arguments: [
            (statement(.deny), ShortVerdict.refused),
            (statement(.deny, conditions: []), .refused),
            (TrustPolicy.Statement(.deny, .everyone, .listed(["*"])), .refused),
            (TrustPolicy.Statement(.deny, .everyoneBut, .listed(["*"])), .conditional),
            (statement(.deny, conditions: [condition("StringEquals", subject, "00u1")]), .conditional),
            (statement(.deny, conditions: [condition("StringEquals", audience, "other")]), .allowed),
            (statement(.deny, actions: ["sts:TagSession"]), .allowed),
            (statement(.deny, federated: ["other.example.com"]), .allowed),
            (
                TrustPolicy.Statement(
                    .deny, .everyone, .listed(["sts:*"]),
                    conditions: [condition("StringNotEquals", audience, "app")]), .allowed
            ),
        ])
    func deny(second: TrustPolicy.Statement, expected: ShortVerdict) throws {
        for statements in [[statement(), second], [second, statement()]] {
            #expect(ShortVerdict(TrustPolicy(statements).verdict(for: try identity())) == expected)
        }
    }

    @Test("A principal that can't be judged makes a role conditional")
    func unclearPrincipal() throws {
        for principal in [TrustPolicy.Principal.everyone, .everyoneBut, .listed(["AWS": ["*"]])] {
            let policy = TrustPolicy([
                TrustPolicy.Statement(.allow, principal, .listed(["sts:*"]), conditions: [isApp])
            ])
            #expect(ShortVerdict(policy.verdict(for: try identity())) == .conditional)
        }
    }

    @Test("An element that nobody knows makes a role conditional")
    func unknownElement() throws {
        let policy = TrustPolicy([
            TrustPolicy.Statement(
                .allow, .listed(["Federated": [providerARN]]), .listed(["*"]), conditions: [isApp],
                unknownElements: ["Resource"])
        ])
        #expect(ShortVerdict(policy.verdict(for: try identity())) == .conditional)
    }

    @Test(
        "A policy that names no client makes no profile, and is told of",
        arguments: [
            [], [condition("StringLike", subject, "*")], [condition("StringLike", audience, "*")],
            [condition("StringNotEquals", audience, "x")],
        ])
    func anyClient(conditions: [TrustPolicy.Condition]) throws {
        let policy = TrustPolicy([statement(conditions: conditions)])
        #expect(policy.verdict(for: try identity()) == .refused)
        #expect(policy.verdict(forAnyClientLike: try identity()) == .allowed)
        #expect(TrustPolicy([statement()]).verdict(forAnyClientLike: try identity()) == .refused)
    }

    @Test("A policy that asks for a person and for no client is told of too: any client of theirs will do")
    func anyClientOfAPerson() throws {
        let policy = TrustPolicy([statement(conditions: [condition("StringEquals", subject, "00u1")])])
        #expect(policy.verdict(for: try identity()) == .refused)
        #expect(ShortVerdict(policy.verdict(forAnyClientLike: try identity())) == .conditional)
    }

    @Test("A slash at the issuer's end is part of the provider's name, in its ARN and in its keys")
    func slash() throws {
        let arn = "arn:aws:iam::111111111111:oidc-provider/tenant.auth0.com/"
        let policy = TrustPolicy([
            statement(federated: [arn], conditions: [condition("StringEquals", "tenant.auth0.com/:aud", "app")])
        ])
        #expect(policy.verdict(for: try identity(issuer: "https://tenant.auth0.com/")) == .allowed)
        #expect(policy.verdict(for: try identity(issuer: "https://tenant.auth0.com")) == .refused)
        let provider = FederatedProvider(try Issuer("https://tenant.auth0.com/"))
        #expect(provider.arn(partition: .aws, accountID: "111111111111") == arn)
    }

    @Test("The clients that a policy names are those without wild cards")
    func namedClients() throws {
        let policy = TrustPolicy([
            statement(conditions: [condition("StringEquals", audience, "a", "b*")]),
            statement(conditions: [condition("StringLike", audience, "c", "d*")]),
            statement(conditions: [condition("StringEquals", "other.example.com:aud", "e")]),
            statement(.deny, conditions: [condition("StringEquals", audience, "f")]),
        ])
        let provider = FederatedProvider(try Issuer("https://login.example.com/oauth2/x"))
        #expect(policy.namedClients(of: provider) == ["a", "b*", "c"])
    }

    @Test("Whatever else a policy says, one more Deny lets nobody in, and the order says nothing")
    func properties() throws {
        var generator = SeededGenerator(seed: 5)
        let rank: (TrustPolicy.Verdict) -> Int = { verdict in
            switch verdict {
            case .refused: 0
            case .conditional: 1
            case .allowed: 2
            }
        }
        for _ in 0..<2000 {
            let statements = (0..<Int.random(in: 1...4, using: &generator)).map { _ in Self.random(&generator) }
            let before = TrustPolicy(statements).verdict(for: try identity())
            let shuffled = TrustPolicy(statements.shuffled(using: &generator)).verdict(for: try identity())
            #expect(rank(before) == rank(shuffled))
            var deny = Self.random(&generator)
            deny = TrustPolicy.Statement(.deny, deny.principal, deny.actions, conditions: deny.conditions)
            #expect(rank(TrustPolicy(statements + [deny]).verdict(for: try identity())) <= rank(before))
            let everyone = TrustPolicy.Statement(.deny, .everyone, .listed(["*"]))
            #expect(TrustPolicy(statements + [everyone]).verdict(for: try identity()) == .refused)
            // A condition more never lets anybody in who was not before.
            let narrowed = statements.map { statement in
                TrustPolicy.Statement(
                    statement.effect, statement.principal, statement.actions,
                    conditions: statement.conditions
                        + (statement.effect == .allow ? [condition("StringEquals", subject, "x")] : []))
            }
            #expect(rank(TrustPolicy(narrowed).verdict(for: try identity())) <= rank(before))
        }
    }

    private static func random(_ generator: inout SeededGenerator) -> TrustPolicy.Statement {
        let principals: [TrustPolicy.Principal] = [
            .everyone, .everyoneBut, .listed(["Federated": [providerARN]]), .listed(["AWS": ["arn:aws:iam::1:root"]]),
        ]
        let actions: [TrustPolicy.Actions] = [.listed(["sts:*"]), .allBut(["sts:TagSession"]), .listed(["sts:Tag*"])]
        let comparisons = ["StringEquals", "StringNotLike", "ForAllValues:StringLike", "NumericEquals", "Null"]
        let keys = [audience, subject, "aws:SourceIp", "other.example.com:aud"]
        let values = ["app", "a*", "*", "true", "x", "${aws:x}"]
        let conditions = (0..<Int.random(in: 0...2, using: &generator)).map { _ in
            TrustPolicy.Condition(
                comparisons.randomElement(using: &generator) ?? "", keys.randomElement(using: &generator) ?? "",
                [values.randomElement(using: &generator) ?? ""])
        }
        return TrustPolicy.Statement(
            Bool.random(using: &generator) ? .allow : .deny, principals.randomElement(using: &generator) ?? .everyone,
            actions.randomElement(using: &generator) ?? .listed([]),
            conditions: Bool.random(using: &generator) ? [isApp] + conditions : conditions)
    }
}
