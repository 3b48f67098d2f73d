#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One of the two loopback addresses that `localhost` may mean (RFC 6761 section 6.3).
package enum LoopbackFamily: Sendable, Hashable, CaseIterable {
    /// 127.0.0.1
    case ipv4
    /// ::1
    case ipv6
}

/// Listening and accepting on the loopback: nothing inherited, nothing that blocks, no SIGPIPE.
enum LoopbackSocket {
    /// A socket that listens on one loopback address and one port.
    static func listening(_ family: LoopbackFamily, port: UInt16) throws(SystemError) -> Descriptor {
        let socket = try stream(family == .ipv4 ? AF_INET : AF_INET6)
        #if os(Linux)
            // Only lets go of connections that are over: Linux shares no port with a listener. BSD would share a wildcard's.
            set(socket, SOL_SOCKET, SO_REUSEADDR)
        #endif
        let bound =
            switch family {
            case .ipv4:
                bindIPv4(socket, port: port)
            case .ipv6:
                bindIPv6(socket, port: port)
            }
        guard bound, listen(socket.number, Int32(SOMAXCONN)) == 0 else { throw .latest }
        return socket
    }

    /// The next connection that waits, or why there is none (EAGAIN: nobody waits).
    static func accepted(from listener: Descriptor) throws(SystemError) -> Descriptor {
        #if os(Linux)
            if let accept4 = GNUFunctions.accept4 {
                let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
                let number = accept4(listener.number, nil, nil, flags)
                guard number >= 0 else { throw .latest }
                return Descriptor(number)
            }
        #endif
        let number = accept(listener.number, nil, nil)
        guard number >= 0 else { throw .latest }
        let connection = Descriptor(number)
        connection.harden()
        #if canImport(Darwin)
            set(connection, SOL_SOCKET, SO_NOSIGPIPE)
        #endif
        return connection
    }

    /// As `send`, but a peer that is gone is an error and never a signal.
    static func send(_ bytes: UnsafeRawBufferPointer, to connection: Descriptor) -> Int {
        #if os(Linux)
            Glibc.send(connection.number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        #else
            Darwin.send(connection.number, bytes.baseAddress, bytes.count, 0)
        #endif
    }

    private static func stream(_ domain: Int32) throws(SystemError) -> Descriptor {
        #if os(Linux)
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        let number = socket(domain, kind, 0)
        guard number >= 0 else { throw .latest }
        let made = Descriptor(number)
        #if !os(Linux)
            made.harden()
        #endif
        return made
    }

    private static func bindIPv4(_ socket: Descriptor, port: UInt16) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        return bind(socket, &address)
    }

    private static func bindIPv6(_ socket: Descriptor, port: UInt16) -> Bool {
        set(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY)
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        inet_pton(AF_INET6, "::1", &address.sin6_addr)
        return bind(socket, &address)
    }

    private static func bind<Address>(_ socket: Descriptor, _ address: inout Address) -> Bool {
        withUnsafeBytes(of: &address) { bytes in
            guard let start = bytes.baseAddress else { return false }
            return start.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                #if canImport(Glibc)
                    Glibc.bind(socket.number, $0, socklen_t(bytes.count)) == 0
                #else
                    Darwin.bind(socket.number, $0, socklen_t(bytes.count)) == 0
                #endif
            }
        }
    }

    private static func set(_ socket: Descriptor, _ level: Int32, _ option: Int32) {
        var yes: Int32 = 1
        setsockopt(socket.number, level, option, &yes, socklen_t(MemoryLayout<Int32>.size))
    }
}
