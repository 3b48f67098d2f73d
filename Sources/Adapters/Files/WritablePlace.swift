#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Tells beforehand what a long piece of work would otherwise fail with at its end.
package enum WritablePlace {
    /// Why no file can be put at that path; nil where nothing is known to be against it.
    package static func problem(_ path: String) -> String? {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return "it is a folder" }
        // A file is replaced where it really is.
        let folder = LinkTarget.folder(of: real(path) ?? path)
        guard stat(folder, &status) == 0 else { return "its folder \(folder): \(FileFailure.latest(folder).reason)" }
        guard status.st_mode & S_IFMT == S_IFDIR else { return "\(folder) is no folder" }
        guard access(folder, W_OK | X_OK) == 0 else {
            return "its folder \(folder) can't be written to: \(FileFailure.latest(folder).reason)"
        }
        return nil
    }

    private static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
