#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a path leads.
enum LinkTarget {
    /// The path behind all symlinks of its last part, also where nothing is there yet.
    static func resolved(_ path: String) throws(FileFailure) -> String {
        var path = path
        for _ in 0..<40 {
            var bytes = [CChar](repeating: 0, count: 4096)
            let count = readlink(path, &bytes, bytes.count)
            guard count > 0 else { return path }
            let link = String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            path = link.hasPrefix("/") ? link : folder(of: path) + "/" + link
        }
        throw FileFailure(path: path, code: ELOOP)
    }

    /// What is wrong with a link that does not lead to anything; nil where it does, and of what is no link.
    static func flaw(of path: String) -> String? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, stat(path, &status) != 0 else {
            return nil
        }
        let failure = FileFailure.latest(path)
        let place = (try? resolved(path)) ?? path
        return failure.isAbsence
            ? "it is a link to \(place), where nothing is"
            : "it is a link to \(place), which can't be reached (\(failure.reason))"
    }

    /// The folder that a path lies in.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes the folder of a path, and those above, as private as AWS's own tools do.
    static func makeFolder(of path: String) throws(FileFailure) {
        let folder = folder(of: path)
        if mkdir(folder, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, folder != "/", folder != "." else { throw .latest(folder) }
        try makeFolder(of: folder)
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw .latest(folder) }
    }
}
