import Domain
import Foundation
import Testing

@Suite("JSON as text") struct JSONTextTests {
    @Test(
        "A text is quoted",
        arguments: [
            ("", #""""#), ("abc/+=", #""abc/+=""#), (#"a"b\c"#, #""a\"b\\c""#), ("a\nb\rc\td", #""a\nb\rc\td""#),
            ("\u{0}\u{8}\u{1F} ", #""\u0000\u0008\u001f ""#), ("\u{7F}é😀", "\"\u{7F}é😀\""),
            ("\r\n", #""\r\n""#), ("\"\u{301}", "\"\\\"\u{301}\""), ("\n\u{301}", "\"\\n\u{301}\""),
        ])
    func quoted(text: String, quoted: String) {
        #expect(Array(JSONText.quoted(text).utf8) == Array(quoted.utf8))
    }

    @Test("Foundation reads any text back, scalar by scalar")
    func readBack() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<1500 {
            let text = generator.text()
            let document = "[\(JSONText.quoted(text))]"
            let read = try JSONDecoder().decode([String].self, from: Data(document.utf8))
            #expect(read.map { Array($0.unicodeScalars) } == [Array(text.unicodeScalars)])
        }
    }

    @Test("No byte below a blank is left in what is quoted")
    func control() {
        let quoted = JSONText.quoted(String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar($0) })))
        #expect(quoted.utf8.allSatisfy { $0 >= 0x20 })
        #expect(quoted.utf8.count == 2 + 3 * 2 + 29 * 6)
    }
}
