package import Domain

/// AWS STS: gives temporary credentials for an id_token.
package protocol SecurityTokenService: Sendable {
    /// Takes a role (AssumeRoleWithWebIdentity), trying again a few times what may pass, while the deadline allows it.
    ///
    /// An id_token that is over is refused at once, with a refusal whose kind is `.expiredToken`: the caller has the means to get
    /// a fresh one. No error holds the id_token.
    func assumeRole(_ request: AssumeRoleRequest, by deadline: Deadline) async throws(SecurityTokenServiceError)
        -> AWSCredentials
}

/// Which role to take, as whom, for how long.
package struct AssumeRoleRequest: Sendable {
    /// The role.
    package let role: RoleARN
    /// The id_token.
    package let idToken: Secret
    /// The session name.
    package let sessionName: SessionName
    /// How long the credentials shall live.
    package let duration: SessionDuration
    /// The id_token's `sub`; it is only for the explanation of a refusal, and not sent.
    package let subject: String?
    /// What IAM matches its `aud` key against: the id_token's `azp`, else its `aud`; only for the explanation, too.
    package let audience: String?

    /// A request.
    package init(
        role: RoleARN, idToken: Secret, sessionName: SessionName, duration: SessionDuration, subject: String? = nil,
        audience: String? = nil
    ) {
        self.role = role
        self.idToken = idToken
        self.sessionName = sessionName
        self.duration = duration
        self.subject = subject
        self.audience = audience
    }
}

/// Why STS gave no credentials.
package enum SecurityTokenServiceError: Error, Sendable, Hashable {
    /// The settings name no endpoint that could be asked.
    case settings(InvalidSTSSettings)
    /// No answer.
    case http(HTTPFailure)
    /// STS refused; the refusal's kind says whether a fresh id_token would help.
    case refused(STSRefusal)
    /// It, or something on the way to it, is out of order for now.
    case outOfOrder(host: String, status: Int)
    /// It answered something that is not of this protocol.
    case unintelligible(host: String, reason: String)
}

extension SecurityTokenServiceError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .settings(let invalid): "\(invalid)"
        case .http(let failure): "AWS STS: \(failure)"
        case .refused(let refusal): "\(refusal)"
        case .outOfOrder(let host, let status):
            "AWS STS is out of order: \(host) answered \(status). Try again later."
        case .unintelligible(let host, let reason):
            "\(host) did not answer as AWS STS does: \(reason). Check AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL and the proxy settings."
        }
    }
}
