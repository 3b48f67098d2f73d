import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A tiny HTTP client for servers on this machine: plain http, a connection for each request, nothing followed.
///
/// It is of the stand-ins' own, so that a test of our HTTP adapter does not test it against itself.
package enum LoopbackHTTP {
    /// An answer.
    package struct Answer: Sendable {
        /// The status code.
        package let status: Int
        /// The header fields; names in lower case.
        package let headers: [(name: String, value: String)]
        /// The body.
        package let body: [UInt8]

        /// The first field of that name, given in lower case.
        package subscript(header name: String) -> String? { headers.first { $0.name == name }?.value }

        /// The body as text.
        package var text: String { String(decoding: body, as: UTF8.self) }

        /// The body as JSON; null where it is none.
        package var json: JSONValue { (try? JSONValue(json: text)) ?? .null }
    }

    /// Why there is no answer.
    package struct Failure: Error, Sendable, CustomStringConvertible {
        /// A sentence.
        package let description: String

        init(_ description: String) {
            self.description = description
        }
    }

    /// Sends a request and waits for its answer, blocking the thread.
    package static func send(
        _ method: String = "GET", _ address: String, headers: [(String, String)] = [], body: [UInt8] = []
    ) throws(Failure) -> Answer {
        guard let parts = WebAddress(address), !parts.isSecure, parts.isLoopback else {
            throw Failure("\(address) is no http address on this machine")
        }
        let socket = try connect(to: parts.host, port: parts.port ?? 80)
        defer { close(socket) }
        let target = parts.path.hasPrefix("/") ? parts.path : "/" + parts.path
        var head = "\(method) \(target) HTTP/1.1\r\nHost: \(parts.host):\(parts.port ?? 80)\r\nConnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if method != "GET" { head += "Content-Length: \(body.count)\r\n" }
        try write(Array((head + "\r\n").utf8) + body, to: socket)
        return try answer(in: readAll(from: socket), of: address)
    }

    /// The same on a thread of its own, for callers that may not block.
    package static func fetch(
        _ method: String = "GET", _ address: String, headers: [(String, String)] = [], body: [UInt8] = []
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            BlockingThread.run {
                continuation.resume(with: Result { try send(method, address, headers: headers, body: body) })
            }
        }
    }

    /// Posts a form.
    package static func post(_ form: FormFields, to address: String) async throws -> Answer {
        let type = ("Content-Type", "application/x-www-form-urlencoded")
        return try await fetch("POST", address, headers: [type], body: Array(form.encoded.utf8))
    }

    private static func answer(in bytes: [UInt8], of address: String) throws(Failure) -> Answer {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
            throw Failure("\(address) closed the connection without an answer")
        }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let statusLine = lines.first?.split(separator: " ") ?? []
        guard statusLine.count > 1, let status = Int(statusLine[1]) else {
            throw Failure("\(address) does not speak HTTP")
        }
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
            return (name: parts[0].lowercased(), value: value)
        }
        return Answer(status: status, headers: headers, body: Array(bytes[end.upperBound...]))
    }

    private static func write(_ bytes: [UInt8], to socket: Int32) throws(Failure) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { transmit(socket, $0) }
            guard count > 0 else { throw Failure("the connection broke while sending") }
            sent += count
        }
    }

    private static func readAll(from socket: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(socket, $0.baseAddress, $0.count) }
            if count > 0 { bytes += buffer[..<count] } else if count == 0 || errno != EINTR { return bytes }
        }
    }
}
