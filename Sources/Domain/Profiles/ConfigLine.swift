/// A line of AWS's shared config file, and what it is; its places are offsets into the file's bytes.
struct ConfigLine {
    /// What a line is.
    enum Kind: Equatable {
        case blank
        case comment
        /// A section begins; this is what stands between its brackets, without blanks at either end.
        case header(Range<Int>)
        /// A key and its value, as far as this line holds it.
        case setting(key: Range<Int>, value: Range<Int>)
        /// More of the value before it, or a setting nested below it.
        case continuation
        /// Nothing that the file format knows; the offset is where it goes wrong.
        case malformed(ConfigSyntaxError.Fault, at: Int)
    }

    /// 1 for the first.
    let number: Int
    /// Where it begins; after the byte order mark for the first line of a file that has one.
    let start: Int
    /// Where the next one begins.
    let end: Int
    /// What it holds, without blanks at either end and without the line end.
    let content: Range<Int>
    let kind: Kind
}

/// The bytes that mean something to the shared config file.
enum ConfigByte {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0B || byte == 0x0C }

    static func isLineEnd(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }

    static func opensComment(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") }

    static func parts(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":") }

    /// The same letter in lower case.
    static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
