package import Domain

/// Makes bytes of tokens, and tokens of such bytes.
package protocol TokenCoding: Sendable {
    /// The bytes for these tokens.
    func encode(_ tokens: TokenSet) -> [UInt8]?

    /// The tokens; nil where the bytes are no whole record.
    func decode(_ bytes: [UInt8]) throws(NewerTokenFormat) -> TokenSet?
}

/// A record that a newer version wrote: it is not damaged, and must neither be set aside nor overwritten.
package struct NewerTokenFormat: Error, Sendable, Hashable {
    /// The number of its format.
    package let number: Int

    /// The format of that number.
    package init(_ number: Int) { self.number = number }

    /// What happened, fit for the middle of a sentence.
    package var reason: String { "a newer aws-oidc wrote it (format \(number))" }

    /// What to do.
    package static let remedy =
        "Use that version here too, or keep the tokens in another place by --cache nfs:PATH, --cache sqlite:PATH or, "
        + "where it is a host's own record, --node-local-cache DIR."
}
