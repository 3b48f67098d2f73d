/// What others sent, made fit for a terminal or a log line.
package enum PrintableText {
    /// The text as one line of at most 300 characters, with every control character made a blank; `…` is the last where some are cut.
    ///
    /// So an error description can't move the cursor, fake a second line or hide what stands before it.
    package static func line(_ text: String) -> String {
        // Most texts are plain, and a list may have thousands of them.
        if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
        // By scalar: one character may have any number of accents. One more than fits tells whether there is a cut.
        var line = text.unicodeScalars.prefix(limit + 1).map { isControl($0) ? " " : $0 }
        if line.count > limit { line[(limit - 1)...] = ["…"] }
        return String(String.UnicodeScalarView(line))
    }

    /// What somebody said, with a full stop where it has none.
    package static func sentence(_ reason: String) -> String { reason.hasSuffix(".") ? reason : reason + "." }

    private static let limit = 300

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}
