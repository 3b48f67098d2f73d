/// The name by which an identity provider knows this client (RFC 6749 section 2.2).
///
/// It goes into addresses, cache keys and the AWS config file, so it has a narrower grammar than the RFC's: 1 to 255
/// printable ASCII characters without blanks, quotes and backslashes.
package struct ClientID: Sendable, Hashable {
    /// The text as configured.
    package let text: String

    /// Takes a client id's text.
    ///
    /// - Throws: `InvalidClientID` with what is wrong.
    package init(_ text: String) throws(InvalidClientID) {
        guard !text.isEmpty else { throw InvalidClientID(text: text, reason: "it is empty") }
        guard text.utf8.count <= 255 else {
            throw InvalidClientID(text: text, reason: "it is longer than 255 characters")
        }
        let quotes = "\"'`\\".utf8
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !quotes.contains($0) }) else {
            throw InvalidClientID(text: text, reason: "it has blanks, quotes or other characters that no client id has")
        }
        self.text = text
    }
}

/// A text that is no client id.
package struct InvalidClientID: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text.
    package let text: String
    /// What is wrong with it.
    package let reason: String

    package var description: String {
        "the client id \"\(PrintableText.line(text))\" can't be used: \(reason). Correct --client-id."
    }
}
