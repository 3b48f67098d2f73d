import Domain
import Testing

@Suite("Issuers") struct IssuerTests {
    @Test(
        "An https address is taken as it is, and so is http of this machine",
        arguments: [
            ("https://login.example.com", "https://login.example.com"),
            ("https://login.example.com/", "https://login.example.com"),
            ("https://login.example.com/oauth2/default", "https://login.example.com/oauth2/default"),
            ("https://login.example.com/a/", "https://login.example.com/a"),
            ("https://login.example.com/a//", "https://login.example.com/a/"),
            ("HTTPS://Login.Example.com:8443/A", "HTTPS://Login.Example.com:8443/A"),
            ("http://localhost:8080", "http://localhost:8080"), ("http://127.0.0.1/a", "http://127.0.0.1/a"),
            ("http://[::1]:1", "http://[::1]:1"),
        ])
    func taken(text: String, stem: String) throws {
        let issuer = try Issuer(text)
        #expect(issuer.text == text)
        #expect(issuer.discoveryAddress == stem + "/.well-known/openid-configuration")
    }

    @Test(
        "Its host and its path are found",
        arguments: [
            ("https://login.example.com", "login.example.com", ""), ("https://a.example/", "a.example", "/"),
            ("https://a.example:8443/b/c://d", "a.example:8443", "/b/c://d"),
            ("HTTPS://A.Example/b", "A.Example", "/b"),
            ("http://[::1]:1/a", "[::1]:1", "/a"),
        ])
    func parts(text: String, host: String, path: String) throws {
        let issuer = try Issuer(text)
        #expect(issuer.text[issuer.startOfHost..<issuer.startOfPath] == host)
        #expect(issuer.text[issuer.startOfPath...] == path)
    }

    @Test(
        "What is no such address is refused, with what is wrong",
        arguments: [
            ("", "no https address"), ("login.example.com", "no https address"), ("https://", "no https address"),
            ("ftp://a.example", "no https address"), ("https://me@a.example", "no https address"),
            ("https://a.example:+443", "no https address"), ("https://a.example:x", "no https address"),
            ("http://a.example", "http is for localhost only"),
            ("http://localhost.a.example", "http is for localhost only"),
            ("http://127.0.0.1.a.example", "http is for localhost only"), ("https://a.example?", "no query"),
            ("https://a.example/?b=c", "no query"), ("https://a.example/#", "no fragment"),
            ("https://a.example/ b", "blanks"), (" https://a.example", "blanks"), ("https://a.example\n", "blanks"),
            ("https://a.example/\"", "quotes"), ("https://a.example/\\", "quotes"), ("https://ä.example", "blanks"),
            ("https://a.example/\u{0}", "blanks"), ("https://a.example/\u{7F}", "blanks"),
        ])
    func refused(text: String, reason: String) throws {
        let error = try #require(throws: InvalidIssuer.self) { try Issuer(text) }
        #expect(error.text == text)
        #expect(error.reason.contains(reason), "\(error.reason)")
        #expect("\(error)".contains("--issuer-url"))
    }

    @Test("Whatever was given, the message is one line that can't move the cursor")
    func message() throws {
        let error = try #require(throws: InvalidIssuer.self) { try Issuer("https://a\n\u{1B}[2J\u{202E}b\r") }
        #expect(
            "\(error)".unicodeScalars.allSatisfy {
                ![.control, .format].contains($0.properties.generalCategory)
            })
        let long = try #require(throws: InvalidIssuer.self) { try Issuer(String(repeating: "é", count: 100_000)) }
        #expect("\(long)".unicodeScalars.count < 600)
    }

    @Test("Any text that is taken has nothing that breaks out of a line, a word or a pair of quotes")
    func anyText() {
        var generator = SeededGenerator(seed: 20)
        var taken = 0
        for _ in 0..<3000 {
            guard let issuer = try? Issuer("https://a.example/" + generator.text().prefix(2)) else { continue }
            taken += 1
            #expect(issuer.text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
        }
        #expect(taken > 100)
    }
}
