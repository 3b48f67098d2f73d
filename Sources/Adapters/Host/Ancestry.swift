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
    ///
    /// Up to the shell at whose prompt a person typed the first of them, by which it became a job of its own at the
    /// terminal: what led to that shell goes on with that person.
    package static var commands: [[UInt8]] {
        #if os(Linux)
            var commands: [[UInt8]] = []
            var (pid, group) = (getppid(), getpgrp())
            while pid > 1, commands.count < limit {
                let process = status(of: pid)
                if process.hasTerminal, process.group != group { break }
                commands.append(contents("/proc/\(pid)/cmdline"))
                (pid, group) = (process.parent, process.group)
            }
            return commands
        #else
            return []
        #endif
    }

    /// The second, third and fifth field behind the name, which may hold anything but ends with the last parenthesis (proc(5)).
    private static func status(of pid: pid_t) -> (parent: pid_t, group: pid_t, hasTerminal: Bool) {
        let status = contents("/proc/\(pid)/stat")
        guard let end = status.lastIndex(of: UInt8(ascii: ")")) else { return (0, 0, false) }
        let fields = status[(end + 1)...].split(separator: UInt8(ascii: " "), maxSplits: 5).map {
            pid_t(String(decoding: $0, as: UTF8.self)) ?? 0
        }
        return fields.count > 4 ? (fields[1], fields[2], fields[4] != 0) : (0, 0, false)
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
