/// Text put into HTML or XML, and taken out again.
enum MarkupText {
    /// The text with the characters that mean something there, in text or in double quotes, made references.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    /// The text that `escape` was given.
    static func unescape(_ text: some StringProtocol) -> String {
        let references = ["&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\""]
        var unescaped = ""
        var rest = Substring(text)
        while let start = rest.firstIndex(of: "&") {
            unescaped += rest[..<start]
            rest = rest[start...]
            if let (reference, character) = references.first(where: { rest.hasPrefix($0.key) }) {
                unescaped += character
                rest = rest.dropFirst(reference.count)
            } else {
                unescaped.append("&")
                rest = rest.dropFirst()
            }
        }
        return unescaped + rest
    }
}
