/// Temporary credentials as STS gives them (API_Credentials).
package struct AWSCredentials: Sendable, Hashable {
    /// `AccessKeyId`.
    package let accessKeyID: String
    /// `SecretAccessKey`.
    package let secretAccessKey: Secret
    /// `SessionToken`.
    package let sessionToken: Secret
    /// `Expiration`.
    package let expiry: Timestamp

    /// Credentials with these members.
    package init(accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret, expiry: Timestamp) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiry = expiry
    }
}
