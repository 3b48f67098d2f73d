import Domain
import Testing

@Suite("Web addresses") struct WebAddressTests {
    struct Parts: Sendable {
        let text: String
        let isSecure: Bool
        let host: String
        let port: UInt16?
        let path: String

        init(_ text: String, _ isSecure: Bool, _ host: String, _ port: UInt16?, _ path: String) {
            self.text = text
            self.isSecure = isSecure
            self.host = host
            self.port = port
            self.path = path
        }
    }

    @Test(
        "An address is taken apart",
        arguments: [
            Parts("https://login.example.com", true, "login.example.com", nil, ""),
            Parts("https://login.example.com/", true, "login.example.com", nil, "/"),
            Parts("HTTPS://Login.EXAMPLE.com/A/B?c=D#e", true, "login.example.com", nil, "/A/B?c=D#e"),
            Parts("http://localhost:8080/a", false, "localhost", 8080, "/a"),
            Parts("http://127.0.0.1:0", false, "127.0.0.1", 0, ""),
            Parts("https://[::1]", true, "::1", nil, ""), Parts("https://[::1]:65535/x", true, "::1", 65535, "/x"),
            Parts("https://[2001:DB8::1]/", true, "2001:db8::1", nil, "/"),
            Parts("https://a?b@c:d", true, "a", nil, "?b@c:d"), Parts("https://a#b/c", true, "a", nil, "#b/c"),
            Parts("https://a_b-c.d/@e", true, "a_b-c.d", nil, "/@e"),
        ])
    func parts(parts: Parts) throws {
        let address = try #require(WebAddress(parts.text))
        #expect(address.isSecure == parts.isSecure)
        #expect(address.host == parts.host)
        #expect(address.port == parts.port)
        #expect(address.path == parts.path)
    }

    @Test(
        "What is no http(s) address with a plain host is refused",
        arguments: [
            "", "https", "https:", "https:/a", "https://", "https:///a", "https://?a", "https://:443", "ftp://a",
            "//a/b", "login.example.com", " https://a", "https://a b/", "https://a\n", "https://user@a",
            "https://user:secret@a", "https://localhost@evil.example", "https://a:b@c:1", "https://a:", "https://a:x",
            "https://a:65536", "https://a:-1", "https://a:+443", "https://a: 443", "https://a:443:443", "https://a:４４３",
            "https://[::1", "https://::1", "https://[]", "https://[::1]a", "https://[::1]443", "https://[::1]:",
            "https://[::1]:+1", "https://[::1%25lo]", "https://[localhost]", "https://é.example", "https://a\u{301}b",
            "https://a\u{0}b", "https://a%2Fb", "https://a\\b", "https://a'b", "https://local\u{AD}host",
        ])
    func refused(text: String) {
        #expect(WebAddress(text) == nil)
    }

    @Test(
        "Which hosts are this machine's loopback",
        arguments: [
            ("localhost", true), ("LOCALHOST", true), ("127.0.0.1", true), ("127.255.255.255", true), ("[::1]", true),
            ("localhost.example.com", false), ("localhost.", false), ("127.0.0.1.example.com", false),
            ("127.0.0", false), ("127.0.0.256", false), ("127.0.0.", false), ("128.0.0.1", false), ("0.0.0.0", false),
            ("0127.0.0.1", false), ("10.0.0.1", false), ("[::2]", false), ("[::]", false), ("[::ffff:7f00:1]", false),
            ("127.a.b.c", false), ("evil-127.0.0.1", false),
        ])
    func loopback(host: String, isLoopback: Bool) throws {
        #expect(try #require(WebAddress("http://\(host):80/x")).isLoopback == isLoopback)
    }

    @Test("Any text is refused, or has only a plain host and the path that stands in it")
    func anyText() {
        var generator = SeededGenerator(seed: 2)
        let starts = [
            "http://", "https://", "https://[", "https://localhost", "https://localhost:1", "HTTP://127.0.0.1",
        ]
        for round in 0..<3000 {
            let text = starts[round % starts.count] + generator.text()
            guard let address = WebAddress(text) else { continue }
            #expect(text.utf8.reversed().starts(with: address.path.utf8.reversed()))
            #expect(address.host.utf8.allSatisfy { (0x2D...0x7A).contains($0) && $0 != 0x2F && $0 != 0x40 })
            #expect(["/", "?", "#"].contains(address.path.unicodeScalars.first.map { "\($0)" } ?? "/"))
        }
    }
}
