import Domain
import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a program may lie (POSIX, execvp and Base Definitions, section 8.3, PATH).
struct ProgramSearch {
    private let name: [UInt8]
    private let folders: [ArraySlice<UInt8>]

    private static let slash = UInt8(ascii: "/")

    /// Looks for that name in a `PATH`; an empty entry is the working directory, and without a `PATH` the system's programs are found.
    init(_ name: [UInt8], path: [UInt8]?) {
        self.name = name
        folders = (path ?? Array("/bin:/usr/bin".utf8)).split(
            separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    }

    /// The files that can be executed, the one that goes first first.
    func programs() throws(ProgramReplacementError) -> [[UInt8]] {
        var programs: [[UInt8]] = []
        var unfit: ProgramReplacementError?
        for path in candidates {
            switch Self.trouble(with: path) {
            case 0: programs.append(path)
            case ENOENT, ENOTDIR: continue
            // A folder that may not be looked into is, on PATH, one without the program.
            case EACCES where !isPath && !Self.exists(path): continue
            case let code:
                unfit = unfit ?? .notExecutable(path: Self.text(path), reason: String(cString: strerror(code)))
            }
        }
        if programs.isEmpty { throw unfit ?? .notFound(name: Self.text(name)) }
        return programs
    }

    /// A name with a slash is a path, and is not looked for.
    private var isPath: Bool { name.contains(Self.slash) }

    private var candidates: [[UInt8]] {
        // C would end the name at a NUL.
        if name.isEmpty || name.contains(0) { return [] }
        if isPath { return [name] }
        return folders.map { ($0.isEmpty ? [UInt8(ascii: ".")] : Array($0)) + [Self.slash] + name }
    }

    /// Why a file can't be executed, as an error number; 0 where it can.
    private static func trouble(with path: [UInt8]) -> Int32 {
        let path = path.map { CChar(bitPattern: $0) } + [0]
        var status = stat()
        guard stat(path, &status) == 0 else { return errno }
        if status.st_mode & S_IFMT == S_IFDIR { return EISDIR }
        return access(path, X_OK) == 0 ? 0 : errno
    }

    private static func exists(_ path: [UInt8]) -> Bool {
        var status = stat()
        return stat(path.map { CChar(bitPattern: $0) } + [0], &status) == 0
    }

    /// The bytes as they can be shown.
    static func text(_ bytes: [UInt8]) -> String { PrintableText.line(String(decoding: bytes, as: UTF8.self)) }
}
