/// What `token` prints: one line of JSON.
package struct TokenOutput: Sendable, Hashable {
    /// The line, with its line end.
    package let text: Secret

    /// The line of these tokens.
    package init(_ tokens: TokenSet) {
        let members = [
            "\"version\":1",
            "\"id_token\":\(JSONText.quoted(tokens.idToken.revealed))",
            "\"access_token\":\(JSONText.quoted(tokens.accessToken.revealed))",
            "\"expiry\":\(JSONText.quoted(tokens.accessTokenExpiry.rfc3339))",
        ]
        text = Secret("{\(members.joined(separator: ","))}\n")
    }
}
