#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Finds programs as a shell does, but never in the folder that one happens to stand in.
struct ExecutableSearch {
    private let folders: [Substring]

    /// Takes a `PATH`; its empty and relative entries are passed over.
    init(path: String?) {
        folders = (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").filter { $0.hasPrefix("/") }
    }

    /// Where a program is; a name with a slash is a path, and is not looked for.
    func find(_ name: String) -> String? {
        guard !name.isEmpty else { return nil }
        if name.contains("/") { return Self.isExecutable(name) ? name : nil }
        return folders.lazy.map { "\($0)/\(name)" }.first(where: Self.isExecutable)
    }

    private static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
