/// Takes a command line apart into words, as a POSIX shell does (Shell Command Language, section 2.2), for commands that no shell runs.
///
/// Quotes and backslashes mean what they mean to a shell. Nothing is expanded, and `#`, `;`, `|`, `>` and `$` are
/// characters like any other, as they are to the AWS SDKs.
package enum ShellWords {
    /// The words of a command line, in order; none where it is blank.
    ///
    /// A backslash at the very end stands for itself, as it does to a shell.
    ///
    /// - Throws: where a quotation has no end.
    package static func split(_ text: String) throws(ShellWordsError) -> [String] {
        try split(Array(text.utf8)[...]).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The same for bytes, whatever their encoding is: all that means something here is ASCII.
    static func split(_ text: ArraySlice<UInt8>) throws(ShellWordsError) -> [[UInt8]] {
        var rest = text
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        var isWord = false
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"):
                if isWord { words.append(word) }
                word.removeAll(keepingCapacity: true)
                isWord = false
                continue
            case UInt8(ascii: "'"):
                try singleQuoted(&rest, &word)
            case UInt8(ascii: "\""):
                try doubleQuoted(&rest, &word)
            case UInt8(ascii: "\\"):
                let next = rest.popFirst()
                // An escaped line end joins two lines: it is no part of a word, and starts none.
                if next == UInt8(ascii: "\n") { continue }
                word.append(next ?? byte)
            default:
                // The plain rest of the word at once: a file may have thousands of commands.
                let plain = rest.prefix { !isSpecial($0) }
                word.append(byte)
                word += plain
                rest = rest[plain.endIndex...]
            }
            isWord = true
        }
        if isWord { words.append(word) }
        return words
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"): true
        default: isMark(byte)
        }
    }

    /// Whether a byte quotes.
    static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"): true
        default: false
        }
    }

    private static func singleQuoted(_ rest: inout ArraySlice<UInt8>, _ word: inout [UInt8]) throws(ShellWordsError) {
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "'") { return }
            word.append(byte)
        }
        throw .unterminatedQuote("'")
    }

    private static func doubleQuoted(_ rest: inout ArraySlice<UInt8>, _ word: inout [UInt8]) throws(ShellWordsError) {
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                return
            case UInt8(ascii: "\\"):
                guard let next = rest.popFirst() else { throw .unterminatedQuote("\"") }
                switch next {
                case UInt8(ascii: "\n"): break
                case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\""), byte: word.append(next)
                default: word += [byte, next]
                }
            default:
                word.append(byte)
            }
        }
        throw .unterminatedQuote("\"")
    }
}

/// Why a command line has no words.
package enum ShellWordsError: Error, Sendable, Hashable {
    /// A quotation was opened by this mark and never closed.
    case unterminatedQuote(Character)
}

extension ShellWordsError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unterminatedQuote(let mark):
            "a quotation that starts with \(mark) has no end; close it, or put \\ before it."
        }
    }
}
