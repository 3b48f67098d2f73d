import Domain
import Locking
package import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Events as JSON lines: on standard error as they happen, where that was asked for, and in a file at the end, if the run is worth it.
///
/// It is worth it when something happened that matters (the network was used), at `-v`, or on failure: a run that only
/// answers from the cache writes nothing.
package final class LogFile: Log {
    private struct State: Sendable {
        var lines = ""
        var isWorthKeeping: Bool
    }

    private let path: String?
    private let folder: String?
    private let ownFolderAbove: String?
    private let loudest: LogLevel?
    private let time: any TimeSource
    private let state: Guarded<State>

    /// A file larger than this is put aside before more is written, in bytes.
    private static let rotationSize = 5 << 20

    /// A log in that file, or in a file of this host's name in that folder; what is at most as verbose as `loudest` goes to standard error too.
    ///
    /// - Parameter ownFolderAbove: a folder above that folder, where it lies in one that belongs to nobody in particular: it
    ///   must be this user's as well.
    package init(
        path: String?, folder: String?, ownFolderAbove: String? = nil, hostName: String, loudest: LogLevel?,
        time: any TimeSource
    ) {
        self.path = path ?? folder.map { "\($0)/aws-oidc.\(HostLocalFolder.hostNameComponent(hostName)).log" }
        self.folder = path == nil ? folder : nil
        self.ownFolderAbove = path == nil ? ownFolderAbove : nil
        self.loudest = loudest
        self.time = time
        state = Guarded(State(isWorthKeeping: loudest != nil))
    }

    package func write(_ level: LogLevel, _ event: String, _ fields: KeyValuePairs<String, String>) {
        var line = "{\"time\":\"\(time.now().rfc3339)\",\"level\":\"\(level)\",\"pid\":\(getpid())"
        line += ",\"msg\":\(JSONText.quoted(event))"
        for (name, value) in fields { line += ",\(JSONText.quoted(name)):\(JSONText.quoted(value))" }
        line += "}\n"
        state.with { state in
            state.lines += line
            if level <= .info { state.isWorthKeeping = true }
        }
        if let loudest, level <= loudest { Self.append(line, to: STDERR_FILENO) }
    }

    /// Passes a line of another process's log on, to standard error alone.
    package func pass(_ line: String) { Self.append(line, to: STDERR_FILENO) }

    /// Writes the file, if the run is worth it; tells why it could not be written.
    package func finish(hasFailed: Bool) -> String? {
        let (lines, keeps) = state.with { state in
            defer { state.lines = "" }
            return (state.lines, state.isWorthKeeping || hasFailed)
        }
        guard let path, keeps, !lines.isEmpty else { return nil }
        do {
            if let ownFolderAbove { _ = try PrivateFolder.ensured(ownFolderAbove, followsLinks: false) }
        } catch {
            switch error {
            case .untrusted: return "the log file \(path) is not written: \(ownFolderAbove ?? path) can't be trusted."
            case .failure(let failure): return "the log file \(path) can't be written: \(failure.reason)."
            }
        }
        do {
            if let folder { _ = try? PrivateFolder.ensured(folder) }
            // Not to wait for a pipe's reader; from then on as usual.
            let descriptor = try Posix.open(path, O_WRONLY | O_CREAT | O_APPEND)
            defer { close(descriptor) }
            _ = fcntl(descriptor, F_SETFL, O_APPEND)
            let status = try Posix.status(descriptor, path)
            if status.st_uid == getuid(), status.st_mode & 0o077 != 0, status.st_mode & S_IFMT == S_IFREG {
                fchmod(descriptor, 0o600)
            }
            Self.append(lines, to: descriptor)
            var named = stat()
            // Another process may have put it aside meanwhile: then the name is a fresh file's.
            if status.st_size > Self.rotationSize, lstat(path, &named) == 0, named.st_ino == status.st_ino {
                try Posix.rename(path, path + ".1")
            }
            return nil
        } catch {
            return "the log file \(path) can't be written: \(error.reason)."
        }
    }

    private static func append(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
