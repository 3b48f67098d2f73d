/// Which word somebody may have meant.
enum NearWord {
    /// The one that takes the fewest changes of a letter, if two are enough, and fewer than would make any word of it.
    static func of(_ word: String, in words: [String]) -> String? {
        let near = words.map { ($0, distance(Array(word.utf8), Array($0.utf8))) }.min { $0.1 < $1.1 }
        return near.flatMap { $0.1 <= min(2, word.utf8.count / 2) ? $0.0 : nil }
    }

    /// The word as a line can show it.
    static func printable(_ word: String) -> String {
        let scalars = word.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }
        return String(String.UnicodeScalarView(scalars))
    }

    /// How many letters must be put in, left out or replaced to make one of the other (Levenshtein).
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        guard one.count < 64 else { return one.count }
        var row = Array(0...other.count)
        for (index, letter) in one.enumerated() {
            var corner = index
            row[0] = index + 1
            for (place, wanted) in other.enumerated() {
                let next = min(row[place], row[place + 1]) + 1
                (corner, row[place + 1]) = (row[place + 1], min(next, corner + (letter == wanted ? 0 : 1)))
            }
        }
        return row[other.count]
    }
}
