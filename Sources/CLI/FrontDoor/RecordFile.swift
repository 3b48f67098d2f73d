import CLibrary
import Domain

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A cached record's file, read only if nobody else can have a hand in it.
enum RecordFile {
    /// Its bytes: a regular file, ours, closed to others, small, on a file system of this host, in a folder that is ours and
    /// that others can't write to; nil for anything else.
    ///
    /// nil as well where its folder can't be written to: it may be what was to be removed, or replaced in another folder.
    static func read(_ name: String, in folder: String) -> [UInt8]? {
        let descriptor = open(folder + "/" + name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        // 0 to 2: a standard stream is closed, and the client knows what to do about that.
        guard descriptor > 2 else {
            if descriptor >= 0 { close(descriptor) }
            return nil
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == getuid(),
            status.st_mode & 0o077 == 0, status.st_size <= CredentialsRecord.sizeLimit, isLocal(descriptor),
            access(folder, W_OK) == 0, isOwn(folder)
        else { return nil }
        let size = Int(status.st_size)
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = max(0, systemRead(descriptor, buffer.baseAddress, size))
            isWhole = count == size
        }
        return isWhole ? bytes : nil
    }

    private static func isOwn(_ folder: String) -> Bool {
        var status = stat()
        return lstat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == getuid()
            && status.st_mode & 0o022 == 0
    }

    private static func isLocal(_ descriptor: Int32) -> Bool {
        #if os(Linux)
            let magic = aws_oidc_file_system_magic(descriptor)
            return magic >= 0 && !NetworkFileSystem.isNetwork(magic: magic)
        #else
            var status = statfs()
            return fstatfs(descriptor, &status) == 0 && status.f_flags & UInt32(MNT_LOCAL) != 0
        #endif
    }
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}

/// Standard output.
enum Answer {
    /// Writes the bytes; gives the exit code, which is 0 only where all of them were taken.
    static func write(_ bytes: ArraySlice<UInt8>) -> Int32 {
        // A pipe that nobody reads any more is an error like any other. Nothing is executed after this.
        signal(SIGPIPE, SIG_IGN)
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let code = errno
                if code == EPIPE { return 1 }
                let remedy = code == EBADF ? "Run it with its output open" : "Send its output elsewhere"
                complain("standard output can't be written: \(String(cString: strerror(code))). \(remedy).")
                return 1
            }
            rest = rest.dropFirst(count)
        }
        return 0
    }

    /// Writes a line on standard error.
    static func complain(_ line: String) {
        let text = Array("aws-oidc: \(line)\n".utf8)
        _ = text.withUnsafeBytes { systemWrite(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
