/// Percent-encoding of RFC 3986 and of HTML forms, strict both ways.
package enum PercentEncoding {
    /// A name and its value, as a query or a form has them.
    package struct Pair: Sendable, Hashable {
        /// What stands before the `=`.
        package let name: String
        /// What stands after it; empty where there is none.
        package let value: String

        /// A pair.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The text with every byte but RFC 3986's unreserved characters (section 2.3) as `%XX`.
    package static func encode(_ text: String) -> String {
        encode(text, blank: "%20")
    }

    /// The pairs as `application/x-www-form-urlencoded` (RFC 6749 appendix B): as `encode` does, with `+` for a blank.
    package static func form(_ pairs: [Pair]) -> String {
        pairs.map { encode($0.name, blank: "+") + "=" + encode($0.value, blank: "+") }.joined(separator: "&")
    }

    /// The pairs of a query or form, in their order; nil where a `%` is not followed by two hex digits, or the bytes are no UTF-8.
    ///
    /// `+` is a blank; what is empty between two `&` is no pair.
    package static func pairs(ofQuery query: some StringProtocol) -> [Pair]? {
        var pairs: [Pair] = []
        for part in Array(query.utf8).split(separator: UInt8(ascii: "&")) {
            let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(halves[0]), let value = decode(halves.count > 1 ? halves[1] : []) else {
                return nil
            }
            pairs.append(Pair(name, value))
        }
        return pairs
    }

    /// The text that an encoded one stands for (RFC 3986 section 2.1), where `+` is itself; nil where a `%` is not followed by two hex digits, or the bytes are no UTF-8.
    package static func decode(_ encoded: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(encoded.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func encode(_ text: String, blank: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else if byte == UInt8(ascii: " ") {
                bytes += Array(blank.utf8)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func decode(_ encoded: ArraySlice<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var rest = encoded
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"):
                bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default:
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default:
            false
        }
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
