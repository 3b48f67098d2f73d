/// Where a config service is asked: an https address, since a token that AWS would accept is sent to it.
package struct ConfigServiceAddress: Sendable, Hashable {
    /// The address as it was given.
    package let text: String
    /// The address that is asked, for all that the service knows.
    package let request: String
    /// The host, for sentences.
    package let host: String

    /// Takes an address.
    ///
    /// - Throws: where it is not https (http for a loopback host), names a user or a fragment, or has characters that none has.
    package init(_ text: String) throws(InvalidConfigServiceAddress) {
        func invalid(_ reason: String) -> InvalidConfigServiceAddress {
            InvalidConfigServiceAddress(text: text, reason: reason)
        }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"\"<>\\^`{|}#".utf8.contains($0) }) else {
            throw invalid("it has blanks, a fragment or other characters that no such address has")
        }
        guard let address = WebAddress(text) else {
            throw invalid("it is no https address, as in https://aws-config.example.com")
        }
        guard address.isSecure || address.isLoopback else {
            throw invalid("it must begin with https://, since your id_token is sent there; http is for localhost only")
        }
        self.text = text
        host = address.host
        let isBare = address.path.isEmpty || address.path.hasPrefix("?")
        let whole = isBare ? String(text.dropLast(address.path.utf8.count)) + "/" + address.path : text
        request = whole + (whole.contains("?") ? "&" : "?") + "extended=1"
    }
}

/// A text that is no config service's address.
package struct InvalidConfigServiceAddress: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text.
    package let text: String
    /// What is wrong with it.
    package let reason: String

    package var description: String {
        "the config service's address \"\(PrintableText.line(text))\" can't be used: \(reason). Correct --config-url."
    }
}
