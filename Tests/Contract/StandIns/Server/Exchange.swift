import Domain

/// A request as a stand-in looks at it.
struct StandInRequest: Sendable {
    let method: String
    let path: String
    let query: String
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    /// The fields of a form, or nil where the body is none.
    var form: FormFields? {
        let type = headers["content-type"]?.lowercased() ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else { return nil }
        return FormFields(encoded: String(decoding: body, as: UTF8.self))
    }
}

/// An answer of a stand-in, and the word for it in the log.
struct StandInAnswer: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    var outcome: String
    /// The connection is closed instead of sending anything.
    var isLost = false

    init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], outcome: String = "ok") {
        self.status = status
        self.headers = headers
        self.body = body
        self.outcome = outcome
    }

    static func json(
        _ value: JSONValue, status: Int = 200, headers: [(name: String, value: String)] = [], outcome: String = "ok"
    ) -> StandInAnswer {
        StandInAnswer(
            status: status, headers: [("Content-Type", "application/json")] + headers, body: value.json,
            outcome: outcome)
    }

    static func page(_ body: String, title: String, status: Int = 200, outcome: String = "ok") -> StandInAnswer {
        let page = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(MarkupText.escape(title))</title>
            <style>body{font:1rem/1.5 sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem}
            label,input,button{display:block;width:100%;box-sizing:border-box;font:inherit}
            input,button{padding:.5rem;margin:.2rem 0 1rem}</style></head>
            <body><h1>\(MarkupText.escape(title))</h1>
            \(body)
            </body></html>

            """
        let headers = [
            ("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        ]
        return StandInAnswer(status: status, headers: headers, body: Array(page.utf8), outcome: outcome)
    }

    static func text(_ text: String, status: Int, outcome: String) -> StandInAnswer {
        StandInAnswer(
            status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array((text + "\n").utf8),
            outcome: outcome)
    }
}
