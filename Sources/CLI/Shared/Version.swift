/// Which aws-oidc this is.
package enum Version {
    /// The version, as `aws-oidc version` prints it.
    package static let text = "0.1.0"
}
