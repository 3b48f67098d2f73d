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
        // By scalars: CR LF, or a quote with a combining accent after it, would be one Character.
        var rest = text.unicodeScalars[...]
        var words: [String] = []
        var word: String.UnicodeScalarView?
        while let scalar = rest.popFirst() {
            switch scalar {
            case " ", "\t", "\n":
                if let word { words.append(String(word)) }
                word = nil
            case "'":
                word = (word ?? .init()) + (try singleQuoted(&rest))
            case "\"":
                word = (word ?? .init()) + (try doubleQuoted(&rest))
            case "\\":
                guard let next = rest.popFirst() else {
                    word = (word ?? .init()) + ["\\"]
                    break
                }
                // An escaped line end joins two lines: it is no part of a word, and starts none.
                if next != "\n" { word = (word ?? .init()) + [next] }
            default:
                word = (word ?? .init()) + [scalar]
            }
        }
        if let word { words.append(String(word)) }
        return words
    }

    private static func singleQuoted(
        _ rest: inout Substring.UnicodeScalarView
    ) throws(ShellWordsError) -> String.UnicodeScalarView {
        var quoted = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == "'" { return quoted }
            quoted.append(scalar)
        }
        throw .unterminatedQuote("'")
    }

    private static func doubleQuoted(
        _ rest: inout Substring.UnicodeScalarView
    ) throws(ShellWordsError) -> String.UnicodeScalarView {
        var quoted = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"":
                return quoted
            case "\\":
                switch rest.popFirst() {
                case "\n": break
                case let next? where next == "$" || next == "`" || next == "\"" || next == "\\": quoted.append(next)
                case let next?: quoted.append(contentsOf: [scalar, next])
                case nil: throw .unterminatedQuote("\"")
                }
            default:
                quoted.append(scalar)
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
