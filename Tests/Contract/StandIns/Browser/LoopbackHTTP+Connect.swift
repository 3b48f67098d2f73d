#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension LoopbackHTTP {
    #if canImport(Glibc)
        private static let stream = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    #else
        private static let stream = SOCK_STREAM
    #endif

    /// A socket that is connected to the loopback: IPv4 first, then IPv6, where the host is localhost.
    static func connect(to host: String, port: UInt16) throws(Failure) -> Int32 {
        if host != "::1", let socket = connectIPv4(host == "localhost" ? "127.0.0.1" : host, port) { return socket }
        if host == "::1" || host == "localhost", let socket = connectIPv6(port) { return socket }
        throw Failure("nobody listens on \(host):\(port)")
    }

    private static func connectIPv4(_ host: String, _ port: UInt16) -> Int32? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return nil }
        return connected(AF_INET, &address)
    }

    private static func connectIPv6(_ port: UInt16) -> Int32? {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        address.sin6_addr = in6addr_loopback
        return connected(AF_INET6, &address)
    }

    private static func connected<Address>(_ family: Int32, _ address: inout Address) -> Int32? {
        let file = socket(family, stream, 0)
        guard file >= 0 else { return nil }
        let size = socklen_t(MemoryLayout<Address>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { open(file, $0, size) }
        }
        guard result == 0 else {
            close(file)
            return nil
        }
        return file
    }

    private static func open(_ file: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> Int32 {
        #if canImport(Glibc)
            Glibc.connect(file, address, size)
        #else
            Darwin.connect(file, address, size)
        #endif
    }

    /// Sends some of the bytes, and no signal where nobody takes them.
    static func transmit(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.send(file, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        #else
            Darwin.send(file, bytes.baseAddress, bytes.count, 0)
        #endif
    }
}
