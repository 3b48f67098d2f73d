import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the system tells about other processes.
enum ProcessTable {
    /// Where process numbers mean the same as here: one word for this host and its pid namespace.
    ///
    /// A home may be shared with other hosts and containers, whose living processes look dead from here.
    static let place: String = {
        var host = [CChar](repeating: 0, count: 256)
        gethostname(&host, host.count)
        var namespace = [CChar](repeating: 0, count: 256)
        #if os(Linux)
            _ = readlink("/proc/self/ns/pid", &namespace, namespace.count)
        #endif
        return FNV1a.hexadecimal(String(decoding: (host + namespace).map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }()

    /// The part that tells one process from the next one of the same number.
    struct Entry: Equatable {
        /// In the system's own unit.
        var startTime: UInt64
        /// Whether only its exit status is left.
        var hasEnded: Bool
    }

    #if os(Linux)
        static func entry(_ pid: Int32) -> Entry? {
            text("/proc/\(pid)/stat").flatMap(parse)
        }

        static func name(_ pid: Int32) -> String? {
            guard let text = text("/proc/\(pid)/comm") else { return nil }
            return text.hasSuffix("\n") ? String(text.dropLast()) : text
        }

        static func owner(_ pid: Int32) -> UInt32? {
            // The second number of `Uid:` is the effective one; the folder's own owner is root for an undumpable process.
            guard let status = text("/proc/\(pid)/status") else { return nil }
            for line in status.split(separator: "\n") where line.hasPrefix("Uid:") {
                let numbers = line.dropFirst(4).split { $0 == "\t" || $0 == " " }
                return numbers.count > 1 ? UInt32(numbers[1]) : nil
            }
            return nil
        }

        /// Seconds since 1970 of a start time, which counts ticks since the host started.
        static func wallClock(_ startTime: UInt64) -> Double? {
            var now = timespec()
            var up = timespec()
            guard clock_gettime(CLOCK_REALTIME, &now) == 0, clock_gettime(CLOCK_BOOTTIME, &up) == 0 else { return nil }
            let booted = Double(now.tv_sec - up.tv_sec) + Double(now.tv_nsec - up.tv_nsec) / 1e9
            return booted + Double(startTime) / Double(sysconf(Int32(_SC_CLK_TCK)))
        }

        /// Fields 3 and 22 of /proc/PID/stat (proc_pid_stat(5)).
        ///
        /// Field 2 is the name in parentheses, and may itself hold blanks and parentheses: the last one ends it.
        static func parse(_ stat: String) -> Entry? {
            guard let close = stat.lastIndex(of: ")") else { return nil }
            let fields = stat[stat.index(after: close)...].split(separator: " ")
            guard fields.count > 19, let startTime = UInt64(fields[19]) else { return nil }
            return Entry(startTime: startTime, hasEnded: ["Z", "X", "x"].contains(fields[0]))
        }

        private static func text(_ path: String) -> String? {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            defer { close(descriptor) }
            var bytes = [UInt8](repeating: 0, count: 8192)
            var used = 0
            while used < bytes.count {
                let count = bytes.withUnsafeMutableBytes {
                    read(descriptor, $0.baseAddress?.advanced(by: used), $0.count - used)
                }
                if count < 0, errno == EINTR { continue }
                // ESRCH: it ended between open and read.
                guard count >= 0 else { return nil }
                if count == 0 { break }
                used += count
            }
            return String(decoding: bytes[..<used], as: UTF8.self)
        }
    #else
        static func entry(_ pid: Int32) -> Entry? {
            guard let process = information(pid) else { return nil }
            let started = process.pbi_start_tvsec * 1_000_000 + process.pbi_start_tvusec
            return Entry(startTime: started, hasEnded: process.pbi_status == UInt32(SZOMB))
        }

        static func wallClock(_ startTime: UInt64) -> Double? { Double(startTime) / 1e6 }

        static func name(_ pid: Int32) -> String? {
            var bytes = [UInt8](repeating: 0, count: 256)
            let count = bytes.withUnsafeMutableBytes { proc_name(pid, $0.baseAddress, UInt32($0.count)) }
            return count > 0 ? String(decoding: bytes[..<Int(count)], as: UTF8.self) : nil
        }

        static func owner(_ pid: Int32) -> UInt32? { information(pid)?.pbi_uid }

        private static func information(_ pid: Int32) -> proc_bsdinfo? {
            var process = proc_bsdinfo()
            let size = Int32(MemoryLayout<proc_bsdinfo>.size)
            return proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, &process, size) == size ? process : nil
        }
    #endif
}
