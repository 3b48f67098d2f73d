import Domain
import Testing

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

    @Test("The providers that a policy names are told by their names in IAM, in whatever account")
    func providers() {
        let policy = TrustPolicy([
            statement(federated: [
                providerARN, "arn:aws:iam::222222222222:oidc-provider/other.example.com:8443/a", "accounts.google.com",
                "arn:aws:iam::111111111111:saml-provider/x", "*", "",
            ]), statement(.deny, federated: ["arn:aws:iam::111111111111:oidc-provider/denied.example.com"]),
            TrustPolicy.Statement(.allow, .everyone, .listed(["*"])),
        ])
        #expect(
            policy.openIDProviders == [
                "login.example.com/oauth2/x", "other.example.com:8443/a", "accounts.google.com",
            ])
    }
}
