package import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a stranger who connects may use up.
package struct LoopbackLimits: Sendable {
    /// Bytes of a request line and its headers.
    package var headBytes = 16 * 1024
    /// Connections at one time; for one more, the longest silent one is closed.
    package var connections = 32
    /// Seconds to send a request, and again to take its answer.
    package var seconds = 10.0

    /// The limits that people sign in with.
    package init() {}
}

/// Listens for the redirect on both loopback addresses, on a thread of its own (RFC 8252 sections 7.3 and 8.3).
package struct LoopbackListener: RedirectListener {
    private let ports: ClosedRange<UInt16>
    private let families: [LoopbackFamily]
    private let limits: LoopbackLimits

    /// Takes the first port of the range that is free on all of these addresses that the machine has.
    ///
    /// Identity providers know our 64 addresses by heart: another range is for tests.
    package init(
        ports: ClosedRange<UInt16> = 49152...49215, families: [LoopbackFamily] = LoopbackFamily.allCases,
        limits: LoopbackLimits = LoopbackLimits()
    ) {
        self.ports = ports
        self.families = families
        self.limits = limits
    }

    package func open() throws(RedirectListenerError) -> any OpenRedirect {
        for port in ports {
            guard let listeners = try listeners(port: port) else { continue }
            do {
                return try LoopbackRedirect(port: port, listeners: listeners, limits: limits)
            } catch {
                throw .unavailable(reason: error.reason)
            }
        }
        throw .allPortsTaken(first: ports.lowerBound, last: ports.upperBound)
    }

    /// Sockets on each address that the machine has; nil where somebody else has that port on one of them.
    private func listeners(port: UInt16) throws(RedirectListenerError) -> [Descriptor]? {
        var listeners: [Descriptor] = []
        var missing = SystemError(code: EAFNOSUPPORT)
        for family in families {
            do {
                listeners.append(try LoopbackSocket.listening(family, port: port))
            } catch {
                if error.code == EADDRINUSE { return nil }
                guard Self.absent.contains(error.code) else { throw .unavailable(reason: error.reason) }
                missing = error
            }
        }
        guard !listeners.isEmpty else { throw .unavailable(reason: missing.reason) }
        return listeners
    }

    /// What the system says where it has no such address: not built in, switched off, or kept from us by a sandbox.
    private static let absent = [EAFNOSUPPORT, EPROTONOSUPPORT, EADDRNOTAVAIL, EPERM, EACCES]
}
