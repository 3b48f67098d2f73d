import Domain

/// What one request came to, as a line of the access log.
///
/// Neither query nor header fields stand in it, for either may hold a token.
struct AccessLine: Sendable {
    var moment: Timestamp
    var requestID: String
    var method: String
    var path: String
    var status: Int
    var bytes: Int
    var seconds: Double
    var peer: String?
    var userAgent: String?
    var subject: String?
    var reason: String?

    /// The line as JSON, without its end.
    var json: [UInt8] {
        var text = JSONBytes()
        text.reserve(320)
        text.plain("{\"time\":")
        text.quoted(moment.rfc3339)
        text.plain(",\"level\":\"info\",\"msg\":\"request\",\"request_id\":")
        text.quoted(requestID)
        text.plain(",\"method\":")
        text.quoted(Self.shortened(method, 16))
        text.plain(",\"path\":")
        text.quoted(Self.shortened(path, 128))
        text.plain(",\"status\":")
        text.number(status)
        text.plain(",\"bytes\":")
        text.number(bytes)
        text.plain(",\"duration_us\":")
        text.number(Int(seconds * 1e6))
        text.plain(",\"peer\":")
        text.quoted(peer ?? "")
        text.plain(",\"user_agent\":")
        text.quoted(Self.shortened(userAgent ?? "", 128))
        if let subject {
            text.plain(",\"sub\":")
            text.quoted(Self.shortened(subject, 255))
        }
        if let reason {
            text.plain(",\"reason\":")
            text.quoted(Self.shortened(reason, 512))
        }
        text.plain("}")
        return text.bytes
    }

    fileprivate static func shortened(_ text: String, _ length: Int) -> String {
        let line = PrintableText.line(text)
        return line.utf8.count <= length ? line : String(line.prefix(length)) + "…"
    }
}

/// A connection whose bytes became no request, as a line of the access log of its own kind.
struct NoRequestLine: Sendable {
    var moment: Timestamp
    /// The status that it was answered with; 0 where it was not answered.
    var status: Int
    var peer: String?
    var reason: String

    /// The line as JSON, without its end.
    var json: [UInt8] {
        var text = JSONBytes()
        text.plain("{\"time\":")
        text.quoted(moment.rfc3339)
        text.plain(",\"level\":\"info\",\"msg\":\"no request\",\"status\":")
        text.number(status)
        text.plain(",\"peer\":")
        text.quoted(peer ?? "")
        text.plain(",\"reason\":")
        text.quoted(AccessLine.shortened(reason, 512))
        text.plain("}")
        return text.bytes
    }
}
