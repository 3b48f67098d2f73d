import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A listener on 127.0.0.1 whose every byte the test decides; each connection is served on a thread of its own.
final class RawServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let isServed: Bool

    /// Starts to listen.
    ///
    /// `serve` is given each connection with its number, from 0. Without it nothing ever answers.
    init(_ serve: (@Sendable (RawConnection, Int) -> Void)? = nil) throws {
        (listener, port) = try Self.bound()
        isServed = serve != nil
        guard listen(listener, 128) == 0 else { throw POSIXError(.EADDRINUSE) }
        guard let serve else { return }
        let listener = listener
        Thread.detachNewThread {
            var number = 0
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else {
                    close(listener)
                    return
                }
                let current = number
                Thread.detachNewThread {
                    serve(RawConnection(socket: socket), current)
                    // The client sees the end even while a child that another test has just started holds the socket too.
                    shutdown(socket, Int32(SHUT_RDWR))
                    close(socket)
                }
                number += 1
            }
        }
    }

    deinit {
        // The thread that accepts closes the socket: closed under its hands, the number could be another's by then.
        shutdown(listener, Int32(SHUT_RDWR))
        if !isServed { close(listener) }
    }

    /// The address of that path on this server.
    func address(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// A socket that has a port but does not listen: whoever connects is refused.
    static func bound() throws -> (socket: Int32, port: UInt16) {
        #if canImport(Glibc)
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        #else
            let listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                bind(listener, name, size) == 0 ? getsockname(listener, name, &size) : -1
            }
        }
        guard listener >= 0, code == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        return (listener, UInt16(bigEndian: address.sin_port))
    }
}

/// The server's end of a connection.
struct RawConnection: Sendable {
    let socket: Int32

    /// The next request, header and body, as it came; nil where the client closed instead.
    func readRequest() -> String? {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !Self.isComplete(text) {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        return text
    }

    /// Returns when the client has closed.
    func waitForClose() {
        while readRequest() != nil {}
    }

    func write(_ text: String) { write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) {
        #if canImport(Glibc)
            let flags = Int32(MSG_NOSIGNAL)
        #else
            let flags: Int32 = 0
        #endif
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, flags) }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// An answer of status 200 with that body.
    func answer(_ body: String, _ fields: String = "") {
        write("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
    }

    private static func isComplete(_ text: String) -> Bool {
        guard let end = text.range(of: "\r\n\r\n") else { return false }
        let length = text.range(of: "Content-Length: ").map { text[$0.upperBound...].prefix { $0.isNumber } }
        return text[end.upperBound...].utf8.count >= length.flatMap { Int($0) } ?? 0
    }
}

/// What happened on other threads, in its order.
final class Events: Sendable {
    private let stream: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func add(_ event: String) { continuation.yield(event) }

    /// Waits for the next event.
    func next() async -> String? {
        for await event in stream { return event }
        return nil
    }

    /// All events up to now.
    func all() async -> [String] {
        continuation.finish()
        var events: [String] = []
        for await event in stream { events.append(event) }
        return events
    }
}
