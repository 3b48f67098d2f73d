/// Reads AWS's shared config file line by line: the one place that knows its grammar.
///
/// Rules: AWS SDKs and Tools Reference Guide, "Shared config and credentials files". The SDKs disagree on what the guide
/// leaves open. Here a file reads as it does to botocore, and so to the AWS CLI, with what others write added where
/// botocore would refuse the file, or take no profile from it:
///
/// | | botocore | aws-c-sdkutils | here |
/// |---|---|---|---|
/// | a comment after a value | part of the value | cut off after a blank | cut off after a blank |
/// | an indented line that starts with `#` or `;` | comment | part of the value | comment |
/// | an indented line after a section or an equally indented setting | a setting | continues the value, or an error | a setting |
/// | `key: value` | a setting | an error | a setting |
/// | a blank line within a value | part of the value | passed over | part of the value |
/// | a key or a section twice | an error | the last wins, merged | the last wins, merged |
/// | `[ profile a ]` | no profile | a profile | a profile |
/// | `[profile "a b"]`, `[profile ä]` | a profile | passed over | a profile |
/// | `[profilea b]` | the profile b | passed over | passed over |
/// | `[DEFAULT]` | settings of every profile | passed over | passed over |
/// | `[default]` and `[profile default]` | the later one | the second hides the first | the second hides the first |
/// | a byte order mark, or bytes that are no UTF-8 | an error | read | read |
/// | a lone carriage return | a line end | a blank | a line end |
/// | a blank that is not ASCII, around keys and values | trimmed | kept | kept |
struct ConfigLines: Sequence, IteratorProtocol {
    private enum Value { case none, single, nesting }

    private let bytes: [UInt8]
    private var position = 0
    private var number = 0
    private var hasSection = false
    /// Whether there is a value that a line could go on with.
    private var value = Value.none
    /// How far the last header or setting was indented.
    private var indentation = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: ConfigByte.byteOrderMark) { position = ConfigByte.byteOrderMark.count }
    }

    mutating func next() -> ConfigLine? {
        guard position < bytes.count else { return nil }
        let start = position
        let (content, end) = Self.line(bytes, at: start)
        position = end
        number += 1
        return ConfigLine(number: number, start: start, end: end, content: content, kind: kind(content, start))
    }

    /// The trimmed content of the line that begins here, and where the next one begins.
    static func line(_ bytes: [UInt8], at start: Int) -> (content: Range<Int>, end: Int) {
        // A loop over the bare buffer: a megabyte goes through here.
        let stop = bytes.withUnsafeBufferPointer { buffer in
            var stop = start
            while stop < buffer.count, !ConfigByte.isLineEnd(buffer[stop]) { stop += 1 }
            return stop
        }
        var end = stop
        if end < bytes.count {
            let isPair =
                bytes[end] == ConfigByte.carriageReturn && end + 1 < bytes.count
                && bytes[end + 1] == ConfigByte.lineFeed
            end += isPair ? 2 : 1
        }
        return (trimmed(bytes, start..<stop), end)
    }

    static func trimmed(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while upper > lower, ConfigByte.isBlank(bytes[upper - 1]) { upper -= 1 }
        while lower < upper, ConfigByte.isBlank(bytes[lower]) { lower += 1 }
        return lower..<upper
    }

    private mutating func kind(_ content: Range<Int>, _ start: Int) -> ConfigLine.Kind {
        guard let first = content.first else { return .blank }
        if ConfigByte.opensComment(bytes[first]) { return .comment }
        if value != .none, first - start > indentation {
            let isSound = value == .single || bytes[content].contains(UInt8(ascii: "="))
            return isSound ? .continuation : .malformed(.nestedWithoutEquals, at: first)
        }
        indentation = first - start
        value = .none
        if bytes[first] == UInt8(ascii: "[") {
            hasSection = true
            return header(content)
        }
        return hasSection ? setting(content) : .malformed(.outsideSection, at: first)
    }

    /// The brackets end at the first `]` that nothing but a comment follows, else at the line's last.
    private func header(_ content: Range<Int>) -> ConfigLine.Kind {
        var close: Int?
        var index = content.lowerBound + 1
        while index < content.upperBound {
            if bytes[index] == UInt8(ascii: "]") {
                close = index
                let rest = Self.trimmed(bytes, index + 1..<content.upperBound).first
                if rest.map({ ConfigByte.opensComment(bytes[$0]) }) ?? true { break }
            }
            index += 1
        }
        guard let close else { return .malformed(.headerWithoutEnd, at: content.upperBound) }
        let name = Self.trimmed(bytes, content.lowerBound + 1..<close)
        return name.isEmpty ? .malformed(.headerWithoutName, at: close) : .header(name)
    }

    private mutating func setting(_ content: Range<Int>) -> ConfigLine.Kind {
        guard let delimiter = bytes[content].firstIndex(where: ConfigByte.parts) else {
            return .malformed(.settingWithoutEquals, at: content.upperBound)
        }
        let key = Self.trimmed(bytes, content.lowerBound..<delimiter)
        guard !key.isEmpty else { return .malformed(.settingWithoutKey, at: delimiter) }
        let text = Self.trimmed(bytes, withoutComment(delimiter + 1..<content.upperBound))
        value = text.isEmpty ? .nesting : .single
        return .setting(key: key, value: text)
    }

    /// Within a line a comment begins at a `#` or `;` after a blank.
    private func withoutComment(_ range: Range<Int>) -> Range<Int> {
        let end = bytes.withUnsafeBufferPointer { buffer in
            var index = range.lowerBound + 1
            while index < range.upperBound {
                if ConfigByte.opensComment(buffer[index]), ConfigByte.isBlank(buffer[index - 1]) { break }
                index += 1
            }
            return index
        }
        return range.lowerBound..<Swift.min(end, range.upperBound)
    }
}
