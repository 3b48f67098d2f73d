#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The file calls that the caches are made of: each whole, tried again after EINTR, and with the error as a value.
enum Posix {
    /// Opens a file, closed in children.
    ///
    /// It never waits: whoever put a pipe where a file should be does not make us hang.
    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(FileFailure) -> Int32 {
        while true {
            let descriptor = sysOpen(path, flags | O_CLOEXEC | O_NONBLOCK, mode)
            if descriptor >= 0 { return descriptor }
            if errno != EINTR { throw .latest(path) }
        }
    }

    /// What the system says of an open file.
    static func status(_ descriptor: Int32, _ path: String) throws(FileFailure) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .latest(path) }
        return status
    }

    /// Reads an open file from its start to its end, at most `limit` bytes.
    ///
    /// - Parameter size: the size of a file that nobody writes to any more: no further call asks whether it has more.
    static func readAll(
        _ descriptor: Int32, _ path: String, limit: Int, size: Int? = nil
    ) throws(FileFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        try readOn(descriptor, path, limit: limit, size: size, into: &bytes)
        return bytes
    }

    /// Reads an open file on to its end; what came before a failure is among the bytes too.
    static func readOn(
        _ descriptor: Int32, _ path: String, limit: Int, size: Int? = nil, into bytes: inout [UInt8]
    ) throws(FileFailure) {
        // Neither from the heap nor made zero first: every call reads a record.
        let code = withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 16) { chunk -> Int32 in
            while true {
                let count = read(descriptor, chunk.baseAddress, chunk.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                if count == 0 { return 0 }
                bytes += UnsafeRawBufferPointer(rebasing: chunk[..<count])
                if bytes.count > limit { return EFBIG }
                if bytes.count == size { return 0 }
            }
        }
        guard code == 0 else { throw FileFailure(path: path, code: code) }
    }

    /// Writes all of the bytes at the file's start and cuts it off behind them.
    static func writeAll(_ descriptor: Int32, _ path: String, _ bytes: [UInt8]) throws(FileFailure) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done, off_t(done))
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .latest(path)
            }
            done += count
        }
        while ftruncate(descriptor, off_t(bytes.count)) != 0 {
            if errno != EINTR { throw .latest(path) }
        }
    }

    /// Brings an open file, or folder, onto stable storage.
    static func synchronize(_ descriptor: Int32, _ path: String) throws(FileFailure) {
        while fsync(descriptor) != 0 {
            if errno == EINTR { continue }
            // Some file systems can't synchronize a folder, and say so.
            if errno == EINVAL || errno == ENOTSUP { return }
            throw .latest(path)
        }
    }

    /// Brings a folder's entries onto stable storage.
    static func synchronizeFolder(_ path: String) throws(FileFailure) {
        let descriptor = try open(path, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        try synchronize(descriptor, path)
    }

    /// Sets so many bytes of a new file aside, so that the disk can't be full later.
    static func reserve(_ count: Int, _ descriptor: Int32, _ path: String) throws(FileFailure) {
        #if os(Linux)
            var code = EINTR
            while code == EINTR { code = posix_fallocate(descriptor, 0, off_t(count)) }
            // Where the file system can't, writing will tell.
            if code != 0, code != EOPNOTSUPP, code != EINVAL { throw FileFailure(path: path, code: code) }
        #else
            try writeAll(descriptor, path, [UInt8](repeating: 0, count: count))
        #endif
    }

    /// Gives a file another name, in place of what had that name.
    static func rename(_ old: String, _ new: String) throws(FileFailure) {
        guard sysRename(old, new) == 0 else { throw .latest(new) }
    }

    /// Removes a file; one that is not there is removed already.
    static func remove(_ path: String) throws(FileFailure) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .latest(path) }
    }

    /// The names in a folder.
    static func names(in path: String) throws(FileFailure) -> [String] {
        guard let folder = opendir(path) else { throw .latest(path) }
        defer { closedir(folder) }
        var names: [String] = []
        while true {
            // The end and an error look alike but for this.
            errno = 0
            guard let entry = readdir(folder) else {
                guard errno == 0 else { throw .latest(path) }
                return names
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }
}

private func sysOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
private func sysRename(_ old: String, _ new: String) -> Int32 { rename(old, new) }
