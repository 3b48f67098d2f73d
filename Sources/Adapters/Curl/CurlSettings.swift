/// What the person's environment says about HTTP, read by whoever makes the client.
package struct CurlSettings: Sendable, Hashable {
    /// The file of CA certificates that is trusted instead of the system's (AWS_CA_BUNDLE, SSL_CERT_FILE); nil for the system's.
    package let certificateBundle: String?
    /// The value of the User-Agent field.
    package let userAgent: String

    /// Settings with these members.
    package init(certificateBundle: String?, userAgent: String) {
        self.certificateBundle = certificateBundle
        self.userAgent = userAgent
    }
}
