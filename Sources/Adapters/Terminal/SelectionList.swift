/// What a question with options shows and which one is chosen, by the keys that are pressed: typing filters.
struct SelectionList {
    private let options: [String]
    /// The options in small letters, for the filter.
    private let folded: [[UInt8]]
    /// What was typed.
    private(set) var filter = ""
    /// The options that fit, by their places.
    private(set) var matches: [Int]
    /// The chosen one among `matches`.
    private(set) var cursor: Int

    /// The options, one of them chosen.
    init(_ options: [String], initially: Int) {
        self.options = options
        folded = options.map { Array($0.lowercased().utf8) }
        matches = Array(options.indices)
        cursor = options.indices.contains(initially) ? initially : 0
    }

    /// The place of the chosen option; nil where none fits.
    var choice: Int? { matches.isEmpty ? nil : matches[cursor] }

    /// The options around the chosen one, at most so many, and which of them that is.
    func window(_ height: Int) -> (options: [String], cursor: Int) {
        let start = max(0, min(cursor - height / 2, matches.count - height))
        return (matches[start..<min(matches.count, start + height)].map { options[$0] }, cursor - start)
    }

    /// How many options there are.
    var count: Int { options.count }

    mutating func move(by steps: Int) {
        guard !matches.isEmpty else { return }
        // One step past an end goes round; a page stops there.
        let next = cursor + steps
        cursor = abs(steps) == 1 ? (next + matches.count) % matches.count : max(0, min(next, matches.count - 1))
    }

    mutating func type(_ text: String) { apply(filter + text, isNarrower: true) }

    mutating func eraseLast() {
        if !filter.isEmpty { apply(String(filter.dropLast()), isNarrower: false) }
    }

    mutating func eraseAll() { apply("", isNarrower: false) }

    /// Every word that was typed must stand somewhere in an option.
    private mutating func apply(_ text: String, isNarrower: Bool) {
        let chosen = choice
        filter = text
        let words = text.lowercased().split(separator: " ").map { Array($0.utf8) }
        let places = isNarrower ? matches : Array(options.indices)
        matches = places.filter { place in words.allSatisfy { Self.holds(folded[place], $0) } }
        cursor = chosen.flatMap { matches.firstIndex(of: $0) } ?? 0
    }

    private static func holds(_ text: [UInt8], _ word: [UInt8]) -> Bool {
        guard let first = word.first, text.count >= word.count else { return word.isEmpty }
        return text.withUnsafeBufferPointer { text in
            word.withUnsafeBufferPointer { word in
                for start in 0...(text.count - word.count) where text[start] == first {
                    var length = 1
                    while length < word.count, text[start + length] == word[length] { length += 1 }
                    if length == word.count { return true }
                }
                return false
            }
        }
    }
}
