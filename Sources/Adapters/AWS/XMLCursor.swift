/// A place in the bytes of a document, and the classes of characters that XML has there.
struct XMLCursor: Sendable {
    let bytes: [UInt8]
    var position = 0

    /// The beginning of these bytes.
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The byte here; nil at the end.
    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Whether this text stands here.
    func starts(with text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    /// Goes past this text, if it stands here.
    mutating func take(_ text: String) -> Bool {
        guard starts(with: text) else { return false }
        position += text.utf8.count
        return true
    }

    /// Goes past white space; gives whether there was some.
    @discardableResult mutating func skipSpace() -> Bool {
        let start = position
        while let byte = peek, Self.isSpace(byte) { position += 1 }
        return position > start
    }

    /// Goes past the bytes that names are made of, and gives them.
    mutating func name() -> String {
        let start = position
        while let byte = peek, Self.continuesName(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Bytes above ASCII count as letters: no name of AWS has them, and they need only be the same in the end tag.
    static func beginsName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), 0x80...:
            true
        default:
            false
        }
    }

    private static func continuesName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"): true
        default: beginsName(byte)
        }
    }

    /// `Char` (XML 1.0 section 2.2).
    static func isCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x9 || byte == 0xA || byte == 0xD }

    /// The value of a digit to base 10 or 16; nil where it is none.
    static func digit(_ byte: UInt8, _ radix: UInt32) -> UInt32? {
        guard let value = Character(Unicode.Scalar(byte)).hexDigitValue, value < radix else { return nil }
        return UInt32(value)
    }
}
