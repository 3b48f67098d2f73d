/// The patterns of policies: `*` is any text and `?` any one character.
enum PolicyPattern {
    /// Whether all of a text is what a pattern says.
    static func matches(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.unicodeScalars)
        let text = Array(text.unicodeScalars)
        // The last star, and how far the text was when it took nothing.
        var (star, kept): (Int?, Int) = (nil, 0)
        var (place, position) = (0, 0)
        while position < text.count {
            if place < pattern.count, pattern[place] == "*" {
                (star, kept) = (place, position)
                place += 1
            } else if place < pattern.count, pattern[place] == "?" || pattern[place] == text[position] {
                place += 1
                position += 1
            } else if let star {
                kept += 1
                (place, position) = (star + 1, kept)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }

    /// Whether a pattern says anything beyond how long a text is.
    static func isConcrete(_ pattern: String) -> Bool { pattern.contains { $0 != "*" && $0 != "?" } }
}
