import Domain
import Testing

@Suite("Session names") struct SessionNameTests {
    @Test(
        "The email goes first, then the user name; an empty claim is an absent one",
        arguments: [
            ("ann@example.com", "ann", "ann@example.com"), (nil, "ann", "ann"), ("", "ann", "ann"),
            (nil, nil, "unknown-username"), ("", "", "unknown-username"),
        ] as [(String?, String?, String)])
    func claims(email: String?, username: String?, name: String) {
        var claims = IDTokenClaims()
        claims.email = email
        claims.preferredUsername = username
        #expect(SessionName(claims).text == name)
    }

    @Test(
        "A text is made to fit what AWS takes",
        arguments: [
            ("Az09_+=,.@-", "Az09_+=,.@-"), ("Ann Onym", "Ann-Onym"), ("a/b:c\\d\"", "a-b-c-d-"), ("jürgen", "j-rgen"),
            ("e\u{301}x", "e-x"), ("a\r\nb", "a--b"), ("日本", "--"), ("", "--"), ("a", "a-"), ("é", "--"),
            (String(repeating: "x", count: 65), String(repeating: "x", count: 64)),
            (String(repeating: "é", count: 70), String(repeating: "-", count: 64)),
        ])
    func fitting(text: String, name: String) {
        #expect(SessionName(fitting: text).text == name)
    }

    @Test("Whatever the text is, the name fits")
    func fitsAlways() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let scalars = (0..<Int.random(in: 0...90, using: &generator)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...0x2FF, using: &generator))
            }
            let name = SessionName(fitting: String(String.UnicodeScalarView(scalars))).text
            #expect(name.wholeMatch(of: /[A-Za-z0-9_+=,.@\-]{2,64}/) != nil, "\(scalars)")
        }
    }
}
