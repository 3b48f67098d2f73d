/// What a section of the shared config file is about.
package enum ConfigSectionKind: Sendable, Hashable {
    /// `[profile NAME]`, or `[default]`.
    case profile
    /// Anything else.
    case other
}

/// A header and the settings below it, by their places in the file.
struct ConfigSection: Sendable {
    let kind: ConfigSectionKind
    /// Whether the name stands behind its kind: `[profile default]`, not `[default]`.
    let isPrefixed: Bool
    /// The name's bytes, quotes taken off; all that stands in the brackets for `.other`.
    let name: ArraySlice<UInt8>
    /// The header's line, 1 for the first.
    let line: Int
    /// Where the header's line begins.
    let start: Int
    /// Where the line after the header begins.
    let headerEnd: Int
    /// Its settings, as places in the document's list.
    var settings: Range<Int>

    /// Reads what stands between the brackets: a kind and a name, which may be quoted as for a shell.
    init(_ line: ConfigLine, header: Range<Int>, _ bytes: [UInt8], settings: Int) {
        (self.line, start, headerEnd) = (line.number, line.start, line.end)
        self.settings = settings..<settings
        let whole = bytes[header]
        let word = whole.prefix { !ConfigByte.isBlank($0) }
        let rest = ConfigLines.trimmed(bytes, word.endIndex..<header.upperBound)
        if rest.isEmpty {
            kind = word.elementsEqual("default".utf8) ? .profile : .other
            (isPrefixed, name) = (false, whole)
        } else if word.elementsEqual("profile".utf8), let single = Self.singleWord(bytes[rest]) {
            (kind, isPrefixed, name) = (.profile, true, single)
        } else {
            (kind, isPrefixed, name) = (.other, false, whole)
        }
    }

    /// The text without its quotes, if it is one word.
    private static func singleWord(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard text.contains(where: { ConfigByte.isBlank($0) || ShellWords.isMark($0) }) else { return text }
        guard let words = try? ShellWords.split(text), words.count == 1 else { return nil }
        return words[0][...]
    }
}
