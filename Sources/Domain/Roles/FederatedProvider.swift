/// The identity provider as IAM names it: the issuer without its scheme (API_CreateOpenIDConnectProvider).
package struct FederatedProvider: Sendable, Hashable {
    /// Host, port and path, as in `login.example.com/oauth2/default`; the host in lower case.
    ///
    /// A slash at the end is part of it, as it is of the issuer (`tenant.auth0.com/`): IAM keeps it in ARNs and in
    /// condition keys, and compares the whole.
    package let name: String

    /// The provider of that issuer.
    package init(_ issuer: Issuer) {
        let (text, path) = (issuer.text, issuer.startOfPath)
        name = text[issuer.startOfHost..<path].lowercased() + text[path...]
    }

    /// Providers that IAM knows without an object in the account, by the name that a policy has for them.
    private static let builtIn: Set = ["accounts.google.com", "www.amazon.com", "graph.facebook.com"]

    /// Whether IAM knows it without an object in the account, and so without a list of clients.
    package var isBuiltIn: Bool { Self.builtIn.contains(name) }

    /// Its ARN in an account.
    package func arn(partition: Partition, accountID: String) -> String {
        "arn:\(partition.rawValue):iam::\(accountID):oidc-provider/\(name)"
    }

    /// The name of the provider that a `Federated` principal is, in whatever account; nil where it is none of OpenID Connect.
    static func name(in principal: String) -> String? {
        if builtIn.contains(principal) { return principal }
        let parts = principal.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[5].hasPrefix("oidc-provider/") else { return nil }
        return String(parts[5].dropFirst("oidc-provider/".count))
    }

    /// Whether a `Federated` principal is this provider in that account.
    ///
    /// An ARN of another account or partition is another provider, even where the name is the same.
    func isNamed(by principal: String, partition: Partition, accountID: String) -> Bool {
        if principal == name { return Self.builtIn.contains(name) }
        let prefix = "arn:\(partition.rawValue):iam::\(accountID):oidc-provider/"
        guard principal.hasPrefix(prefix) else { return false }
        let named = principal.dropFirst(prefix.utf8.count)
        let slash = named.firstIndex(of: "/") ?? named.endIndex
        return named[..<slash].lowercased() + named[slash...] == name
    }

    /// The claim that a condition key is about, where it is about a token of this provider; keys are the same in any case.
    func claim(ofKey key: String) -> String? {
        guard let colon = key.lastIndex(of: ":"), key[..<colon].lowercased() == name.lowercased() else { return nil }
        return key[key.index(after: colon)...].lowercased()
    }
}
