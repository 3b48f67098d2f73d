import Domain
import Testing

@Suite("Text fit for a terminal") struct PrintableTextTests {
    @Test(
        "Control characters become blanks, the rest stays",
        arguments: [
            ("", ""), ("plain text, ä, 日本, 😀", "plain text, ä, 日本, 😀"), ("a\nb", "a b"), ("a\r\nb", "a  b"),
            ("\u{1B}[2Jx", " [2Jx"), ("a\u{0}b\u{7F}c", "a b c"), ("a\u{9B}31mb", "a 31mb"),
            ("a\u{202E}b\u{2066}c", "a b c"), ("a\u{2028}b\u{2029}c\u{85}d", "a b c d"), ("a\u{200B}b\u{FEFF}", "a b "),
            ("a\u{E000}b", "a b"), ("\t", " "), ("a\n\u{301}b", "a \u{301}b"),
        ])
    func line(text: String, line: String) {
        #expect(Array(PrintableText.line(text).unicodeScalars) == Array(line.unicodeScalars))
    }

    @Test(
        "At most 300 characters are kept, the mark of the cut among them", arguments: [0, 1, 299, 300, 301, 302, 5000])
    func length(count: Int) {
        let line = PrintableText.line(String(repeating: "x", count: count))
        #expect(
            line == (count <= 300 ? String(repeating: "x", count: count) : String(repeating: "x", count: 299) + "…"))
    }

    @Test("A letter under thousands of accents is cut too")
    func accents() {
        let line = PrintableText.line("a" + String(repeating: "\u{301}", count: 100_000))
        #expect(line.unicodeScalars.count == 300)
    }

    @Test("Any text becomes one short line, and what became one stays as it is")
    func anyText() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            let text = (0..<Int.random(in: 0...40, using: &generator)).map { _ in generator.text() }.joined()
            let line = PrintableText.line(text)
            #expect(line.unicodeScalars.count <= 300)
            #expect(
                line.unicodeScalars.allSatisfy {
                    ![.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
                })
            #expect(PrintableText.line(line) == line)
        }
    }
}
