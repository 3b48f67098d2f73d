package import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The processes of this host, as its process table shows them.
package struct HostCensus: ProcessCensus {
    package let current: ProcessStamp

    /// The census of the host of that name.
    package init(hostName: String) {
        let identity = ProcessIdentity.current
        current = ProcessStamp(
            host: hostName, bootID: Self.bootID, pidNamespace: Self.pidNamespace, processID: identity.pid,
            startTime: identity.startTime)
    }

    package func hasEnded(_ stamp: ProcessStamp) -> Bool {
        // What the system does not tell is no ground to call anybody dead.
        // Two machines that were started from one picture of a running one share all but their names.
        guard stamp.host == current.host, !stamp.bootID.isEmpty, stamp.bootID == current.bootID,
            !stamp.pidNamespace.isEmpty, stamp.pidNamespace == current.pidNamespace
        else { return false }
        return !ProcessIdentity(pid: stamp.processID, startTime: stamp.startTime).isAlive
    }

    private static var bootID: String {
        let bytes = Self.contents("/proc/sys/kernel/random/boot_id")
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
    }

    private static func contents(_ path: String) -> [UInt8] {
        guard let descriptor = try? Posix.open(path, O_RDONLY) else { return [] }
        defer { close(descriptor) }
        return (try? Posix.readAll(descriptor, path, limit: 4096)) ?? []
    }

    private static var pidNamespace: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard readlink("/proc/self/ns/pid", &bytes, bytes.count - 1) > 0 else { return "" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
