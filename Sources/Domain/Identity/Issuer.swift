/// The identity provider's name: an https address without query and fragment (OpenID Connect Core section 2, RFC 9700 section 2.6).
///
/// http is accepted for a loopback host, so that a stand-in can be used. The text is kept as it was given: it is
/// compared to the letter wherever the provider names itself.
package struct Issuer: Sendable, Hashable {
    /// The text as configured.
    package let text: String

    /// Takes an issuer's text.
    ///
    /// - Throws: `InvalidIssuer` with what is wrong.
    package init(_ text: String) throws(InvalidIssuer) {
        guard
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else {
            throw InvalidIssuer(text: text, reason: "it has blanks, quotes or other characters that no address has")
        }
        guard !text.contains("?"), !text.contains("#") else {
            throw InvalidIssuer(text: text, reason: "an issuer has no query and no fragment")
        }
        guard let address = WebAddress(text) else {
            throw InvalidIssuer(text: text, reason: "it is no https address, as in https://login.example.com")
        }
        guard address.isSecure || address.isLoopback else {
            throw InvalidIssuer(text: text, reason: "it must begin with https://; http is for localhost only")
        }
        self.text = text
    }

    /// Where the host begins: after the scheme, which every issuer has.
    package var startOfHost: String.Index {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return text.startIndex }
        return text.utf8.index(colon, offsetBy: 3)
    }

    /// Where the path begins; the text's end where there is none.
    package var startOfPath: String.Index {
        text.utf8[startOfHost...].firstIndex(of: UInt8(ascii: "/")) ?? text.endIndex
    }

    /// Where the discovery document lies: a trailing slash is taken off to build the address (Discovery section 4.1).
    package var discoveryAddress: String {
        (text.hasSuffix("/") ? String(text.dropLast()) : text) + "/.well-known/openid-configuration"
    }
}

/// A text that is no issuer.
package struct InvalidIssuer: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text.
    package let text: String
    /// What is wrong with it.
    package let reason: String

    package var description: String {
        "the issuer \"\(PrintableText.line(text))\" can't be used: \(reason). Correct --issuer-url."
    }
}
