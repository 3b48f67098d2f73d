@testable import Desktop

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A browser that does on a raw socket exactly what a test says.
final class LoopbackClient: Sendable {
    private let socket: Descriptor

    /// Connects; throws where nobody listens.
    init(_ port: UInt16, _ family: LoopbackFamily = .ipv4) throws {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        socket = Descriptor(Glibc.socket(family == .ipv4 ? AF_INET : AF_INET6, kind, 0))
        let result: Int32
        switch family {
        case .ipv4:
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
            result = Self.connect(socket, &address)
        case .ipv6:
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            inet_pton(AF_INET6, "::1", &address.sin6_addr)
            result = Self.connect(socket, &address)
        }
        if result != 0 { throw SystemError.latest }
    }

    /// Connects and sends `GET target` with the right Host.
    convenience init(get target: String, _ port: UInt16, _ family: LoopbackFamily = .ipv4) throws {
        try self.init(port, family)
        send("GET \(target) HTTP/1.1\r\nHost: localhost:\(port)\r\nAccept: */*\r\n\r\n")
    }

    func send(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { LoopbackSocket.send($0, to: socket) }
    }

    /// Says that it will send nothing more.
    func endSending() { shutdown(socket.number, Int32(SHUT_WR)) }

    /// Goes away at once, and drops what was sent to it (RST).
    func vanish() {
        var nobody = sockaddr()
        nobody.sa_family = sa_family_t(AF_UNSPEC)
        Glibc.connect(socket.number, &nobody, socklen_t(MemoryLayout<sockaddr>.size))
    }

    /// All that it gets until the other side closes; read on a thread that may block.
    func response() async -> String {
        await withCheckedContinuation { continuation in
            _ = DetachedThread.start { [self] in
                var all: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 4096)
                while true {
                    let count = recv(socket.number, &buffer, buffer.count, 0)
                    if count <= 0 { break }
                    all += buffer[..<count]
                }
                continuation.resume(returning: String(decoding: all, as: UTF8.self))
            }
        }
    }

    private static func connect<Address>(_ socket: Descriptor, _ address: inout Address) -> Int32 {
        withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                Glibc.connect(socket.number, $0.baseAddress, socklen_t(bytes.count))
            }
        }
    }
}
