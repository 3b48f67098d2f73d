import Domain
import Locking
import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What this process did, a line for each, in a file that all processes of this machine append to: for who judges the run.
final class Diary: Notices, Remarks, Log {
    private let path: String
    private let host: String
    private let warnings = Guarded<[String]>([])

    init(path: String, host: String) {
        self.path = path
        self.host = host
    }

    /// A line: uptime, host, process, what happened.
    func write(_ event: String) {
        var clock = timespec()
        clock_gettime(CLOCK_BOOTTIME, &clock)
        let uptime = Double(clock.tv_sec) + Double(clock.tv_nsec / 1_000_000) / 1000
        let line = Array("\(uptime) \(host) \(getpid()) \(event)\n".utf8)
        let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        _ = line.withUnsafeBytes { append(file, $0) }
    }

    func tell(_ line: String) {}

    func warn(_ line: String) {
        warnings.with { $0.append(line) }
        write("warning \(line)")
    }

    func all() -> [String] { warnings.with { $0 } }

    func write(_ level: LogLevel, _ event: String, _ fields: KeyValuePairs<String, String>) {
        guard level < .debug else { return }
        write("log \(event) \(fields.map { "\($0.key)=\($0.value)" }.joined(separator: " "))")
    }
}

private func append(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(file, bytes.baseAddress, bytes.count)
}
