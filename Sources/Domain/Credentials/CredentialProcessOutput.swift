/// What `creds-process` prints: the JSON of AWS's external process protocol.
///
/// Source: AWS SDKs and Tools Reference Guide, "Process credential provider". The indentation is that of the tool that
/// this one replaces, since people look at it.
package struct CredentialProcessOutput: Sendable, Hashable {
    /// The document, with a line end at its end.
    package let text: Secret

    /// The document of these credentials.
    package init(_ credentials: AWSCredentials) {
        text = Secret(
            """
            {
              "Version": 1,
              "AccessKeyId": \(JSONText.quoted(credentials.accessKeyID)),
              "SecretAccessKey": \(JSONText.quoted(credentials.secretAccessKey.revealed)),
              "SessionToken": \(JSONText.quoted(credentials.sessionToken.revealed)),
              "Expiration": \(JSONText.quoted(credentials.expiry.rfc3339))
            }

            """)
    }
}
