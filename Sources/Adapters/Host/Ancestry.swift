#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The processes that led to this one.
package enum Ancestry {
    /// No chain is followed further.
    private static let limit = 256

    /// Their command lines, words ended by NUL, the parent's first; none where the system does not tell.
    package static var commands: [[UInt8]] {
        #if os(Linux)
            var commands: [[UInt8]] = []
            var pid = getppid()
            while pid > 1, commands.count < limit {
                commands.append(contents("/proc/\(pid)/cmdline"))
                pid = parent(of: pid)
            }
            return commands
        #else
            return []
        #endif
    }

    /// The second field behind the name, which may hold anything but ends with the last parenthesis (proc(5)).
    private static func parent(of pid: pid_t) -> pid_t {
        let status = contents("/proc/\(pid)/stat")
        guard let end = status.lastIndex(of: UInt8(ascii: ")")) else { return 0 }
        let fields = status[(end + 1)...].split(separator: UInt8(ascii: " "))
        return fields.count > 1 ? pid_t(String(decoding: fields[1], as: UTF8.self)) ?? 0 : 0
    }

    private static func contents(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }
}
