import Domain
import Testing

@Suite("Redaction") struct RedactionTests {
    @Test(
        "A token and long pieces of it go, and all else stays",
        arguments: [
            ("", ""), ("nothing to hide", "nothing to hide"),
            ("0123456789abcdefghij.KLMNOP-_", "<redacted>"), ("'0123456789abcdefghij.KLMNOP-_'", "'<redacted>'"),
            ("a 0123456789abcdef b", "a <redacted> b"), ("a 0123456789abcde b", "a 0123456789abcde b"),
            ("56789abcdefghij.KLMN…", "<redacted>…"), ("end 0123456789abcdefghij.", "end <redacted>"),
            ("arn:aws:iam::123456789012:role/Dev", "arn:aws:iam::123456789012:role/Dev"),
            ("x0123456789abcdefghij.KLMNOP-_", "x<redacted>"), ("é\u{301}\n", "é\u{301}\n"),
        ])
    func pieces(text: String, redacted: String) {
        #expect(Redaction.text(text, without: Secret("0123456789abcdefghij.KLMNOP-_")) == redacted)
    }

    @Test("What else a token is made of belongs to its pieces")
    func oddBytes() {
        let secret = Secret("ab+cd/ef~0123456789:xyz==")
        #expect(Redaction.text("(ab+cd/ef~0123456…)", without: secret) == "(<redacted>…)")
        #expect(Redaction.text("t=ab+cd/ef~0123456789:xyz==&x=1", without: secret) == "t=<redacted>&x=1")
    }

    @Test("A short token goes only where it stands whole")
    func short() {
        #expect(Redaction.text("abc abcd", without: Secret("abc")) == "<redacted> abcd")
        #expect(Redaction.text("abc", without: Secret("")) == "abc")
    }
}
