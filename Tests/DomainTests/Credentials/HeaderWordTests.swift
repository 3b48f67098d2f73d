import Testing

@testable import Domain

@Suite("Words of a record's header") struct HeaderWordTests {
    @Test(
        "Blanks, bars, percent signs and all that is not printable ASCII are escaped",
        arguments: [
            ("", ""), ("https://a.example/b?c=d#e", "https://a.example/b?c=d#e"), ("a b|c%d", "a%20b%7Cc%25d"),
            ("\n\r\u{0}\u{7F}", "%0A%0D%00%7F"), ("é", "%C3%A9"), ("😀", "%F0%9F%98%80"), ("%20", "%2520"),
        ])
    func escaped(text: String, word: String) {
        #expect(HeaderWord.escape(text) == word)
        #expect(HeaderWord.unescape(word) == text)
    }

    @Test("Any text comes back, byte by byte, from a word without blanks and bars")
    func roundTrip() {
        var generator = SeededGenerator(seed: 10)
        for _ in 0..<2000 {
            let text = generator.text()
            let word = HeaderWord.escape(text)
            #expect(word.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "|") })
            #expect(HeaderWord.unescape(word).map { Array($0.utf8) } == Array(text.utf8))
        }
    }

    @Test(
        "A word that no text is escaped to is refused",
        arguments: [
            "%", "a%", "%4", "%4G", "%G4", "%+A", "%-0", "% A", "%%41", "%c3%a9", "%41", "%2F", "%C3", "%FF",
            "%ED%A0%80", "%C0%80", "a b", "a|b", "é", "\n", "\u{0}", "%\u{301}41", "\u{212A}",
        ])
    func refused(word: String) {
        #expect(HeaderWord.unescape(word) == nil)
    }

    @Test("Any text is refused, or is the one word of what it stands for")
    func canonical() {
        var generator = SeededGenerator(seed: 11)
        let pieces = ["%", "2", "0", "7", "C", "F", "A", "a", "+", " ", "%25", "%7C", "%C3%A9", "é"]
        var taken = 0
        for _ in 0..<5000 {
            let word = (0..<Int.random(in: 0...5, using: &generator)).compactMap { _ in
                pieces.randomElement(using: &generator)
            }.joined()
            guard let text = HeaderWord.unescape(word) else { continue }
            taken += 1
            #expect(Array(HeaderWord.escape(text).utf8) == Array(word.utf8))
        }
        #expect(taken > 500)
    }
}
