import Ports
import Testing

@testable import Desktop

@Suite struct RedirectRequestTests {
    private static let host = "Host: localhost:49152\r\n"

    @Test(
        "GET / of this listener is a redirect, with its query as it was sent",
        arguments: [
            ("GET / HTTP/1.1\r\n\(host)\r\n", ""),
            ("GET /? HTTP/1.1\r\n\(host)\r\n", ""),
            ("GET /?code=a%20b+c&state=%3D?/ HTTP/1.1\r\n\(host)\r\n", "code=a%20b+c&state=%3D?/"),
            ("GET /?a HTTP/1.0\r\nhOST:127.0.0.1:49152\r\n\r\n", "a"),
            ("GET /?a HTTP/1.1\r\nX-Other: ä\tb\r\nHost: \t[::1]:49152 \t\r\nY:\r\n\r\n", "a"),
            ("GET /?a HTTP/1.1\r\nHost: LOCALHOST:49152\r\n\r\nbody", "a"),
        ])
    func redirect(head: String, query: String) {
        #expect(RedirectRequest(Array(head.utf8), port: 49152) == .redirect(query: query))
    }

    @Test(
        "What is not GET / is refused",
        arguments: [
            ("GET /favicon.ico HTTP/1.1\r\n\(host)\r\n", .otherPath),
            ("GET //?a HTTP/1.1\r\n\(host)\r\n", .otherPath),
            ("GET /%2e?a HTTP/1.1\r\n\(host)\r\n", .otherPath),
            ("POST /x HTTP/1.1\r\n\(host)\r\n", .otherPath),
            ("POST /?a HTTP/1.1\r\n\(host)\r\n", .otherMethod(isHead: false)),
            ("HEAD /?a HTTP/1.1\r\n\(host)\r\n", .otherMethod(isHead: true)),
            ("OPTIONS / HTTP/1.1\r\n\(host)\r\n", .otherMethod(isHead: false)),
            ("get / HTTP/1.1\r\n\(host)\r\n", .otherMethod(isHead: false)),
        ] as [(String, RedirectRefusal)])
    func refused(head: String, refusal: RedirectRefusal) {
        #expect(RedirectRequest(Array(head.utf8), port: 49152) == .refused(refusal))
    }

    @Test(
        "A Host header of anybody else is refused, whatever is asked for",
        arguments: [
            "", "Host:\r\n", "Host: localhost\r\n", "Host: localhost:49153\r\n", "Host: evil.example:49152\r\n",
            "Host: localhost:49152.evil.example\r\n", "Host: evil.example\r\nHost: localhost:49152\r\n",
            "Host: localhost:49152\r\nHost: localhost:49152\r\n", "Host: ::1:49152\r\n", "Host: 127.0.0.2:49152\r\n",
            "Host: localhost:49152, evil\r\n", "X-Host: localhost:49152\r\n", "Host: user@localhost:49152\r\n",
        ])
    func foreignHost(header: String) {
        for line in ["GET /?code=1", "GET /other", "POST /"] {
            let head = "\(line) HTTP/1.1\r\n\(header)\r\n"
            #expect(RedirectRequest(Array(head.utf8), port: 49152) == .refused(.foreignHost), "\(line)")
        }
    }

    @Test(
        "What is no HTTP/1 head is refused",
        arguments: [
            "", "\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\(host)\r\n", "GET / HTTP/2\r\n\(host)\r\n",
            "GET  / HTTP/1.1\r\n\(host)\r\n",
            "GET / HTTP/1.1 \r\n\(host)\r\n", " / HTTP/1.1\r\n\(host)\r\n",
            "GET http://localhost:49152/ HTTP/1.1\r\n\(host)\r\n",
            "GET * HTTP/1.1\r\n\(host)\r\n", "GET /#a HTTP/1.1\r\n\(host)\r\n", "GET /?ä HTTP/1.1\r\n\(host)\r\n",
            "GET /\u{0} HTTP/1.1\r\n\(host)\r\n", "GET / HTTP/1.1\r\nHost : localhost:49152\r\n\r\n",
            "GET / HTTP/1.1\r\n\(host) folded\r\n\r\n", "GET / HTTP/1.1\r\n\(host)no colon\r\n\r\n",
            "GET / HTTP/1.1\r\n\(host): no name\r\n\r\n", "GET / HTTP/1.1\nHost: localhost:49152\n\n",
            "GET / HTTP/1.1\r\n\(host)X: a\rb\r\n\r\n", "GET / HTTP/1.1\r\n\(host)", "GET / HTTP/1.1\r\n\(host)\r",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ])
    func malformed(head: String) {
        #expect(RedirectRequest(Array(head.utf8), port: 49152) == .refused(.malformed))
    }

    @Test("A head is whole at its empty line, wherever the packets were cut, and not before")
    func whole() {
        let head = Array("GET / HTTP/1.1\r\n\(Self.host)\r\n".utf8)
        for cut in 1..<head.count {
            #expect(!RedirectRequest.isWhole(Array(head[..<cut]), seen: 0, limit: 1000))
            #expect(RedirectRequest.isWhole(head, seen: cut, limit: 1000))
        }
        #expect(!RedirectRequest.isWhole([], seen: 0, limit: 1000))
    }

    @Test("What is too long, or starts as TLS does, is not waited for")
    func hopeless() {
        #expect(RedirectRequest.isWhole([22, 3, 1], seen: 0, limit: 1000))
        #expect(RedirectRequest.isWhole(Array(repeating: 65, count: 1000), seen: 0, limit: 1000))
        #expect(!RedirectRequest.isWhole(Array(repeating: 65, count: 999), seen: 0, limit: 1000))
    }

    @Test("Every answer forbids storing, loading, sniffing and referring, and says its true length")
    func headers() throws {
        let page = RedirectPage(title: "Done – ok", text: "text", succeeded: true)
        let refusals: [RedirectRefusal] = [
            .malformed, .foreignHost, .otherPath, .otherMethod(isHead: false), .ignored(reason: "other state"),
        ]
        for response in [RedirectResponse(page)] + refusals.map(RedirectResponse.init) {
            let text = String(decoding: response.bytes, as: UTF8.self)
            let end = try #require(text.unicodeScalars.firstRange(of: Array("\r\n\r\n".unicodeScalars)))
            let head = text[..<end.lowerBound] + "\r\n"
            for line in [
                "Cache-Control: no-store", "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'",
                "Referrer-Policy: no-referrer", "X-Content-Type-Options: nosniff", "Connection: close",
                "Content-Length: \(text[end.upperBound...].utf8.count)",
            ] {
                #expect(head.unicodeScalars.contains(Array("\r\n\(line)\r\n".unicodeScalars)), "\(line)")
            }
        }
    }

    @Test("The page says what it is told and nothing that it is told is markup")
    func escaped() {
        let html = RedirectPage(title: "<b>\"T\"</b>", text: "a & b <script>alert('x')</script>\n2", succeeded: false)
            .html
        #expect(html.contains("<h1>&lt;b&gt;&quot;T&quot;&lt;/b&gt;</h1>"))
        #expect(html.contains("<title>&lt;b&gt;&quot;T&quot;&lt;/b&gt;</title>"))
        #expect(html.contains("<p>a &amp; b &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\n2</p>"))
        #expect(!html.contains("<script>"))
    }

    @Test("A reason can't add a line to the answer")
    func reason() {
        let text = String(decoding: RedirectResponse(.ignored(reason: "a\r\nb")).bytes, as: UTF8.self)
        #expect(text.hasSuffix(": a  b\n"))
    }
}
