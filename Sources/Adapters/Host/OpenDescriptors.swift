#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What this process has open.
enum OpenDescriptors {
    /// The descriptors above 2 that do not close on exec.
    static func inheritable() -> [Int32] {
        numbers().filter { number in
            let flags = fcntl(number, F_GETFD)
            return number > 2 && flags >= 0 && flags & FD_CLOEXEC == 0
        }
    }

    /// What is open, as the system lists it; every number that is likely where it does not.
    private static func numbers() -> [Int32] {
        guard let folder = opendir("/dev/fd") else { return Array(3..<1024) }
        defer { closedir(folder) }
        var numbers: [Int32] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let number = Int32(name) { numbers.append(number) }
        }
        return numbers
    }
}
