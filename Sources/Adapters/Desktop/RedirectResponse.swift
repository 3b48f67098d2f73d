import Domain
import Ports

/// The bytes of an answer: HTTP/1.1, one an a connection.
struct RedirectResponse: Equatable {
    let bytes: [UInt8]

    init(_ refusal: RedirectRefusal) {
        switch refusal {
        case .malformed:
            self.init("400 Bad Request", plain: "This is no request that is understood here.")
        case .foreignHost:
            self.init("400 Bad Request", plain: "This address is reached as localhost only.")
        case .otherPath:
            self.init("404 Not Found", plain: "There is nothing here.")
        case .otherMethod(let isHead):
            self.init("405 Method Not Allowed", ["Allow: GET"], plain: "Only GET is answered here.", isHead: isHead)
        case .ignored(let reason):
            self.init(
                "400 Bad Request",
                plain: "This is not the answer to the sign-in that waits here: \(PrintableText.line(reason))")
        }
    }

    init(_ page: RedirectPage) {
        self.init(
            page.succeeded ? "200 OK" : "400 Bad Request", ["Content-Type: text/html; charset=utf-8"], body: page.html)
    }

    private init(_ status: String, _ headers: [String] = [], plain text: String, isHead: Bool = false) {
        self.init(status, headers + ["Content-Type: text/plain; charset=utf-8"], body: text + "\n", isHead: isHead)
    }

    private init(_ status: String, _ headers: [String], body: String, isHead: Bool = false) {
        let lines =
            ["HTTP/1.1 \(status)"] + headers + [
                "Content-Length: \(body.utf8.count)",
                "Connection: close",
                "Cache-Control: no-store",
                "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'",
                "Referrer-Policy: no-referrer",
                "X-Content-Type-Options: nosniff",
                "", "",
            ]
        bytes = Array(lines.joined(separator: "\r\n").utf8) + (isHead ? [] : Array(body.utf8))
    }
}
