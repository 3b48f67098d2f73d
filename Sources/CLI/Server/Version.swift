/// Which aws-oidc this is.
enum Version {
    /// The version, as `aws-oidc version` prints it.
    static let text = "0.1.0"
}
