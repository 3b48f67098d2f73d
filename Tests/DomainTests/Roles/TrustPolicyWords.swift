import Domain

// What the tests of trust policies are made of.

let providerARN = "arn:aws:iam::111111111111:oidc-provider/login.example.com/oauth2/x"
let audience = "login.example.com/oauth2/x:aud"
let subject = "login.example.com/oauth2/x:sub"

func identity(
    client: String = "app", issuer: String = "https://login.example.com/oauth2/x", partition: Partition = .aws,
    account: String = "111111111111"
) throws -> WebIdentity {
    WebIdentity(
        provider: FederatedProvider(try Issuer(issuer)), clientID: try ClientID(client), partition: partition,
        accountID: account)
}

func statement(
    _ effect: TrustPolicy.Effect = .allow, federated: [String] = [providerARN],
    actions: [String] = ["sts:AssumeRoleWithWebIdentity"], conditions: [TrustPolicy.Condition] = [isApp]
) -> TrustPolicy.Statement {
    TrustPolicy.Statement(effect, .listed(["Federated": federated]), .listed(actions), conditions: conditions)
}

let isApp = condition("StringEquals", audience, "app")

func condition(_ comparison: String, _ key: String, _ values: String...) -> TrustPolicy.Condition {
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
