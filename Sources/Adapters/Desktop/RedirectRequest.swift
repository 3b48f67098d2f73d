/// What came over a connection, judged by its form alone (RFC 9112).
enum RedirectRequest: Equatable {
    /// `GET /` of this listener, with its query undecoded and without the question mark.
    case redirect(query: String)
    /// Anything else, and its answer.
    case refused(RedirectRefusal)

    /// Whether nothing more is needed to judge it; the bytes before `seen` were looked at earlier.
    ///
    /// What can't be the start of an HTTP request (a TLS greeting) is judged at once: the browser learns that there is no TLS here.
    static func isWhole(_ bytes: [UInt8], seen: Int, limit: Int) -> Bool {
        guard let first = bytes.first else { return false }
        if !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) || bytes.count >= limit { return true }
        let end = lineEnd + lineEnd
        return (max(0, seen - 3)..<bytes.count).contains { bytes[$0...].starts(with: end) }
    }

    /// Reads one request head.
    init(_ bytes: [UInt8], port: UInt16) {
        guard let lines = Self.lines(bytes), let requestLine = lines.first,
            let hosts = Self.hosts(lines.dropFirst())
        else {
            self = .refused(.malformed)
            return
        }
        let parts = requestLine.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, ["HTTP/1.1", "HTTP/1.0"].contains(parts[2]), parts[1].hasPrefix("/"),
            !parts[1].contains("#"), !parts[0].isEmpty
        else {
            self = .refused(.malformed)
            return
        }
        // A page of another site that had its name pointed at this machine (DNS rebinding) sends that name.
        let own = ["localhost", "127.0.0.1", "[::1]"].map { "\($0):\(port)" }
        guard hosts.count == 1, own.contains(hosts[0]) else {
            self = .refused(.foreignHost)
            return
        }
        let target = parts[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard target[0] == "/" else {
            self = .refused(.otherPath)
            return
        }
        guard parts[0] == "GET" else {
            self = .refused(.otherMethod(isHead: parts[0] == "HEAD"))
            return
        }
        self = .redirect(query: target.count > 1 ? String(target[1]) : "")
    }

    private static let lineEnd = [UInt8(ascii: "\r"), UInt8(ascii: "\n")]

    /// The lines before the empty one; nil where a byte is none of a head: only CR LF ends a line, and names are ASCII.
    private static func lines(_ bytes: [UInt8]) -> [String]? {
        var lines: [String] = []
        var line: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            if byte == lineEnd[0] {
                guard rest.popFirst() == lineEnd[1] else { return nil }
                if line.isEmpty { return lines }
                lines.append(String(decoding: line, as: UTF8.self))
                line = []
                continue
            }
            let isField = !lines.isEmpty
            // Header values may hold tabs and bytes beyond ASCII (RFC 9110 section 5.5), the request line may not.
            guard (0x20...0x7e).contains(byte) || (isField && (byte == 0x09 || byte >= 0x80)) else { return nil }
            line.append(byte)
        }
        return nil
    }

    /// The values of all Host headers in lower case; nil where a line is no header.
    private static func hosts(_ lines: some Sequence<String>) -> [String]? {
        var hosts: [String] = []
        for line in lines {
            let bytes = line.utf8
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > bytes.startIndex,
                bytes[..<colon].allSatisfy({ (0x21...0x7e).contains($0) })
            else { return nil }
            guard line[..<colon].lowercased() == "host" else { continue }
            let value = line[bytes.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            let end = value.lastIndex { $0 != " " && $0 != "\t" }
            hosts.append(end.map { value[...$0].lowercased() } ?? "")
        }
        return hosts
    }
}

/// The answer to what is not the redirect.
enum RedirectRefusal: Hashable, Sendable {
    /// No HTTP/1 request head, or one that is too long.
    case malformed
    /// A Host header that is not this listener's, none, or two.
    case foreignHost
    /// Not `/`.
    case otherPath
    /// Not GET.
    case otherMethod(isHead: Bool)
    /// It reached the judge, and it was not the one.
    case ignored(reason: String)
}
