/// Help whose usage fits on a terminal: the parser breaks all lines but this one.
enum UsageText {
    private static let start = "USAGE: "
    private static let columns = 80

    /// The help with its usage broken between flags, what follows indented.
    static func wrapped(_ help: String) -> String {
        help.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix(start) ? wrapped(usage: line.dropFirst(start.utf8.count)) : String(line)
        }.joined(separator: "\n")
    }

    private static func wrapped(usage: Substring) -> String {
        let indent = String(repeating: " ", count: start.count)
        var lines: [String] = []
        var line = start
        for part in parts(usage) {
            if line.count > indent.count, line.count + 1 + part.count > columns {
                lines.append(line)
                line = indent
            }
            line += line.count > indent.count ? " " + part : part
        }
        return (lines + [line]).joined(separator: "\n")
    }

    /// What belongs together: a flag with its value, and whatever is in brackets.
    private static func parts(_ usage: Substring) -> [String] {
        var parts: [String] = []
        var depth = 0
        for word in usage.split(separator: " ") {
            let isValue = word == "..." || word.hasPrefix("<") && parts.last?.hasPrefix("-") == true
            if depth > 0 || isValue, let last = parts.popLast() {
                parts.append(last + " " + word)
            } else {
                parts.append(String(word))
            }
            depth += word.count { $0 == "[" } - word.count { $0 == "]" }
        }
        return parts
    }
}
