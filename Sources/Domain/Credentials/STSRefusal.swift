/// An error answer of STS to AssumeRoleWithWebIdentity, with what was asked, so that it can be explained.
package struct STSRefusal: Error, Sendable, Hashable {
    /// What can be done about a refusal.
    package enum Kind: Sendable, Hashable {
        /// The same request may succeed a moment later.
        case transient
        /// A fresh id_token may succeed.
        case expiredToken
        /// Neither; a person must change something.
        case final
    }

    /// `Code`.
    package let code: String
    /// `Message`, as it came.
    package let message: String
    /// The HTTP status.
    package let status: Int
    /// The role that was asked for.
    package let role: RoleARN
    /// The region that was asked.
    package let region: String
    /// The id_token's `sub`, where it is known.
    package let subject: String?
    /// What IAM matches its `aud` key against: the id_token's `azp`, else its `aud`.
    package let audience: String?

    /// A refusal with these members.
    package init(
        code: String, message: String, status: Int, role: RoleARN, region: String, subject: String?, audience: String?
    ) {
        self.code = code
        self.message = message
        self.status = status
        self.role = role
        self.region = region
        self.subject = subject
        self.audience = audience
    }

    /// What can be done about it.
    package var kind: Kind {
        if Self.isTransient(status: status) { return .transient }
        switch name {
        case "ExpiredToken":
            return .expiredToken
        case "IDPCommunicationError":
            return .transient
        case "InvalidIdentityToken":
            // The one message of this code that comes and goes; the others are about the token.
            return message.hasPrefix("Couldn't retrieve verification key") ? .transient : .final
        default:
            return Self.throttling.contains(name) ? .transient : .final
        }
    }

    /// Whether a status alone says that the same request may succeed a moment later.
    package static func isTransient(status: Int) -> Bool { [429, 500, 502, 503, 504].contains(status) }

    /// The code without the ending that some services and versions leave out.
    var name: String {
        code.hasSuffix("Exception") ? String(code.dropLast("Exception".count)) : code
    }

    /// What AWS services say when asked too often, or too slowly (botocore's list, less the ending).
    private static let throttling: Set<String> = [
        "Throttling", "Throttled", "RequestThrottled", "TooManyRequests", "ProvisionedThroughputExceeded",
        "TransactionInProgress", "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceeded", "SlowDown",
        "PriorRequestNotComplete", "EC2Throttled", "RequestTimeout",
    ]
}
