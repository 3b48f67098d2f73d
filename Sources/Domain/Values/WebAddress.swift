/// The parts of an absolute http or https address that rules look at (RFC 3986 section 3).
package struct WebAddress: Sendable, Hashable {
    /// Whether the scheme is https.
    package let isSecure: Bool
    /// The host in lower case, an IPv6 address without its brackets.
    package let host: String
    /// The port, where one is written.
    package let port: UInt16?
    /// Path and all that follows it, as written; empty where there is none.
    package let path: String

    /// Takes an address apart; nil where it is not http(s), has no host, has user information, or a port that is no number.
    package init?(_ text: String) {
        let lowered = text.lowercased()
        let rest: Substring
        if lowered.hasPrefix("https://") {
            isSecure = true
            rest = text.dropFirst(8)
        } else if lowered.hasPrefix("http://") {
            isSecure = false
            rest = text.dropFirst(7)
        } else {
            return nil
        }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        path = String(rest[end...])
        guard let (host, port) = Self.split(authority: rest[..<end]) else { return nil }
        self.host = host
        self.port = port
    }

    /// Whether the host is this machine's loopback: localhost (RFC 6761 section 6.3), 127.0.0.0/8 or ::1.
    package var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func split(authority: Substring) -> (host: String, port: UInt16?)? {
        guard !authority.contains("@") else { return nil }
        var host = authority
        var port: UInt16?
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<close]
            let tail = authority[authority.index(after: close)...]
            if !tail.isEmpty {
                guard tail.hasPrefix(":"), let number = number(tail.dropFirst()) else { return nil }
                port = number
            }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            guard let number = number(authority[authority.index(after: colon)...]) else { return nil }
            port = number
        }
        let allowed = authority.hasPrefix("[") ? "0123456789abcdefABCDEF:." : Self.nameCharacters
        guard !host.isEmpty, host.allSatisfy({ allowed.contains($0) }) else { return nil }
        return (host.lowercased(), port)
    }

    /// A port's digits; a sign, which `UInt16` takes, is none.
    private static func number(_ digits: Substring) -> UInt16? {
        digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt16(digits) : nil
    }

    private static let nameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
}
