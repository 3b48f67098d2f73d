import Testing

@testable import Desktop

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder for one test, with a pipe by which a started process tells what it is.
final class ProcessReport: Sendable {
    /// Its absolute path.
    let folder: String
    /// A shell script that tells its arguments, streams, descriptors, session, signals, umask and folder.
    ///
    /// Each through a child of the shell, which has what the shell got and nothing that the shell opened for itself.
    let script: String
    private let pipe: String

    init() throws {
        var template = Array("/tmp/desktop-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError.latest }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        pipe = "\(folder)/report"
        guard mkfifo(pipe, 0o600) == 0 else { throw SystemError.latest }
        script = """
            PATH=$PATH:/usr/bin:/bin
            streams=$(for n in 0 1 2; do echo "stream$n=$(readlink /proc/$$/fd/$n)"; done)
            {
            for word in "$0" "$@"; do echo "word=$word"; done
            echo "$streams"
            echo "descriptors=$(ls /proc/self/fd | tr '\\n' ' ')"
            echo "session=$(cut -d' ' -f6 /proc/$$/stat)"
            echo "pid=$$"
            echo "blocked=$(grep SigBlk: /proc/self/status | cut -f2)"
            echo "ignored=$(grep SigIgn: /proc/self/status | cut -f2)"
            echo "umask=$(umask)"
            echo "folder=$(pwd)"
            echo "colour=$COLOUR"
            } > \(pipe)
            """
    }

    deinit {
        for name in [
            "report", "first", "second", "xdg-open", "sensible-browser", "wslview", "open", "powershell.exe",
            "rundll32.exe",
        ] {
            unlink("\(folder)/\(name)")
        }
        rmdir(folder)
    }

    /// Puts a program into the folder.
    ///
    /// A process of its own writes it: what this one has open for writing, a child that another test starts at that
    /// moment has too, and while it has it the program can't be executed (ETXTBSY).
    func install(_ name: String, _ text: String? = nil, mode: mode_t = 0o700) throws {
        let target = "\(folder)/\(name)"
        let words = ["/bin/sh", "-c", "printf %s \"$1\" > \"$2\"", "sh", text ?? "#!/bin/sh\n\(script)\n", target]
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) } + [nil]
        defer { for text in arguments { free(text) } }
        var pid: pid_t = 0
        var status: Int32 = 0
        guard posix_spawn(&pid, "/bin/sh", nil, nil, arguments, [nil]) == 0, waitpid(pid, &status, 0) == pid,
            status == 0,
            chmod(target, mode) == 0
        else { throw SystemError.latest }
    }

    /// What the process told, once it has closed the pipe; read on a thread that may block.
    func lines() async -> [String] {
        await withCheckedContinuation { continuation in
            _ = DetachedThread.start { [pipe] in
                let descriptor = open(pipe, O_RDONLY | O_CLOEXEC)
                var all: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 4096)
                while true {
                    let count = read(descriptor, &buffer, buffer.count)
                    if count <= 0 { break }
                    all += buffer[..<count]
                }
                close(descriptor)
                let text = String(decoding: all, as: UTF8.self)
                continuation.resume(returning: text.split(separator: "\n").map(String.init))
            }
        }
    }

    /// The words of the command that told, its name without the folder.
    func words() async -> [String] {
        await lines().filter { $0.hasPrefix("word=") }.map { line in
            let word = line.dropFirst(5)
            return String(word.hasPrefix("\(folder)/") ? word.dropFirst(folder.utf8.count + 1) : word)
        }
    }
}

/// A descriptor that children would inherit, open from its first use on, so that no test opens it while another one starts a process.
enum InheritableDescriptor {
    static let number = fcntl(0, F_DUPFD, 700)
}
