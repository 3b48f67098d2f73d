package import Domain

/// Credentials that requests are signed with.
package struct SigningCredentials: Sendable, Hashable {
    /// The access key's id.
    package let accessKeyID: String
    /// The secret access key.
    package let secretAccessKey: Secret
    /// The session's token; nil for keys of a user.
    package let sessionToken: Secret?
    /// When they end; nil where they don't.
    package let expiry: Timestamp?

    /// Credentials.
    package init(accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil, expiry: Timestamp? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiry = expiry
    }

    /// Credentials of a session.
    init(_ credentials: AWSCredentials) {
        self.init(
            accessKeyID: credentials.accessKeyID, secretAccessKey: credentials.secretAccessKey,
            sessionToken: credentials.sessionToken, expiry: credentials.expiry)
    }
}
