extension STSRefusal: CustomStringConvertible {
    package var description: String { explanation + " " + remedy }

    /// What AWS said, as one line.
    private var said: String {
        let code = PrintableText.line(code)
        var message = PrintableText.line(message)
        while message.hasSuffix(".") || message.hasSuffix(" ") { message.removeLast() }
        return message.isEmpty ? code : "\(code): \(message)"
    }

    private var presentedToken: String {
        var words = ["the id_token"]
        if let subject { words.append("of subject \"\(PrintableText.line(subject))\"") }
        if let audience { words.append("for audience \"\(PrintableText.line(audience))\"") }
        return words.joined(separator: " ")
    }

    private var exceedsMaximum: Bool { message.hasPrefix("The requested DurationSeconds exceeds") }

    private var explanation: String {
        switch name {
        case _ where kind == .transient:
            "AWS STS in \(region) could not give credentials for \(role.text) just now (\(said))."
        case "AccessDenied":
            "AWS does not let \(presentedToken) take the role \(role.text) (\(said)); it says so of a role that does not exist, too."
        case "ExpiredToken":
            "AWS says that the id_token is over (\(said))."
        case "IDPRejectedClaim":
            "AWS says that the identity provider rejected a claim of \(presentedToken), or that it is over or revoked (\(said))."
        case "InvalidIdentityToken":
            "AWS account \(role.accountID) does not accept \(presentedToken) (\(said))."
        case "RegionDisabled":
            "AWS STS in \(region) is not active for account \(role.accountID) (\(said))."
        case "MalformedPolicyDocument":
            "AWS can't read the session policy for \(role.text) (\(said))."
        case "PackedPolicyTooLarge":
            "the session policies and session tags for \(role.text) are too large for AWS (\(said))."
        case "ValidationError" where exceedsMaximum:
            "the session for \(role.text) is longer than that role's maximum (\(said))."
        case "ValidationError":
            "AWS does not accept a value of the request for \(role.text) (\(said))."
        default:
            "AWS refused to give credentials for \(role.text) (\(said), status \(status))."
        }
    }

    private var remedy: String {
        switch name {
        case "InvalidIdentityToken" where kind == .transient, "IDPCommunicationError":
            "Run it again; if it stays, the issuer's discovery document and keys can't be reached from the internet: tell whoever runs it."
        case _ where kind == .transient:
            "Run it again in a minute."
        case "AccessDenied":
            "Check --aws-role-arn and --client-id, and ask the role's owner whether its trust policy allows this subject and audience."
        case "ExpiredToken":
            "Run aws-oidc login; if it comes back, set this machine's clock."
        case "IDPRejectedClaim":
            "Run aws-oidc login; if it comes back, ask whoever runs the identity provider."
        case "InvalidIdentityToken":
            "Check --issuer-url and --client-id, and ask the account's owner whether IAM has an OpenID Connect provider for "
                + "this issuer with this audience."
        case "RegionDisabled":
            "Set AWS_REGION to another region, or have this one activated in the account settings of IAM."
        case "MalformedPolicyDocument":
            "Correct the policy."
        case "PackedPolicyTooLarge":
            "Make the policies shorter, or have the identity provider send fewer session tags."
        case "ValidationError" where exceedsMaximum:
            "Have the role's maximum session duration raised."
        case "ValidationError":
            "Check --aws-role-arn."
        default:
            "Ask the role's owner, with this line."
        }
    }
}
