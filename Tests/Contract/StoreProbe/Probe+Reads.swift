import Domain
import Files
import Host
import Ports

extension Probe {
    /// Reads a live record through the store, and beside it a plain file of the same bytes: both as often, by turns.
    ///
    /// Gives how many nanoseconds each takes, as the median of the rounds.
    func timeReads(_ key: TokenKey) throws -> String {
        let store = store()
        guard let path = arguments["plain"], let tokens = try store.read(key)?.tokens,
            let bytes = GoTokenCoding().encode(tokens)
        else { return "error there is no record, or no plain=PATH" }
        try PlainFile.write(bytes, to: path)
        let plain = { () throws -> Bool in try GoTokenCoding().decode(PlainFile.read(path)) != nil }
        let stored = { () throws -> Bool in try store.read(key) != nil }
        var times: [[Double]] = [[], []]
        for _ in 0..<(arguments["rounds"].flatMap { Int($0) } ?? 60) {
            for (index, read) in [plain, stored].enumerated() {
                let began = HostClock().uptime()
                for _ in 0..<50 where try !read() { return "error nothing was read" }
                times[index].append((HostClock().uptime() - began) / 50 * 1e9)
            }
        }
        return times.map { "\(Int($0.sorted()[$0.count / 2]))" }.joined(separator: " ")
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file as anybody reads one.
private enum PlainFile {
    struct Trouble: Error {}

    static func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = fopen(path, "we") else { throw Trouble() }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Trouble() }
    }

    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else { throw Trouble() }
        defer { close(descriptor) }
        let size = Int(status.st_size)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = max(0, systemRead(descriptor, buffer.baseAddress, size))
        }
    }
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}
