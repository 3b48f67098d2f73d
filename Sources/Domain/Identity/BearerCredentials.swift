/// What the Authorization fields of a request hold (RFC 9110 section 11.4, RFC 6750 section 2.1).
package enum BearerCredentials: Sendable, Hashable {
    /// No bearer token: no field, or one of another scheme.
    case absent
    /// A token, not looked into yet.
    case token(Secret)
    /// Something that is meant as a bearer token, and why it is none.
    case malformed(reason: String)

    /// Reads the fields; the scheme counts in any case, since the clients out there write it as `BEARER`.
    package init(authorization fields: [String]) {
        guard let field = fields.first else {
            self = .absent
            return
        }
        guard fields.count == 1 else {
            self = .malformed(reason: "there are \(fields.count) Authorization fields")
            return
        }
        let bytes = field.utf8.drop { $0 == UInt8(ascii: " ") }
        let scheme = bytes.prefix { $0 != UInt8(ascii: " ") }
        guard scheme.elementsEqual("bearer".utf8, by: { $0 | 0x20 == $1 }) else {
            self = .absent
            return
        }
        var token = bytes.dropFirst(scheme.count).drop { $0 == UInt8(ascii: " ") }
        while token.last == UInt8(ascii: " ") { token.removeLast() }
        guard !token.isEmpty else {
            self = .malformed(reason: "there is no token")
            return
        }
        let text = String(Substring(token))
        // Most of a request's time would go into this in a text's own way from byte to byte.
        guard text.utf8.withContiguousStorageIfAvailable({ $0.allSatisfy(Self.isTokenByte) }) == true else {
            self = .malformed(reason: "the token has characters that none has")
            return
        }
        self = .token(Secret(text))
    }

    /// The characters of `b64token` (RFC 6750 section 2.1).
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default:
            false
        }
    }
}
