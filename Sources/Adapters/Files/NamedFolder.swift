import Domain
package import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder that somebody named for tokens, and that may be there for other things as well.
package enum NamedFolder {
    /// Refuses one that others may look into and that holds anything but tokens: to close it would cut them off from that.
    ///
    /// What else may be wrong with it is for the store to say, which closes one that holds only tokens, or nothing.
    ///
    /// - Parameter database: the name of the database that is or will be in it; nil where tokens are files.
    package static func check(_ path: String, database: String?) throws(TokenStoreError) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(),
            status.st_mode & 0o022 == 0, status.st_mode & 0o055 != 0, let names = try? Posix.names(in: path),
            !names.allSatisfy({ isOurs($0, database) })
        else { return }
        throw .refused(
            path: path, reason: "others may look into it, and it holds more than tokens",
            remedy: "Name a folder for tokens alone, or close this one by: chmod 700 '\(path)'")
    }

    /// Whether a store makes files of such names, or an NFS client does of a file that was removed while it was open.
    private static func isOurs(_ name: String, _ database: String?) -> Bool {
        if let database, name.hasPrefix(database) { return true }
        return [".", ".."].contains(name) || name.hasPrefix(".nfs") || name == TokenCacheMarker.fileName
            || name.hasPrefix(TokenCacheMarker.fileName + ".new.")
            || name.utf8.count >= 64 && name.utf8.prefix(64).allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
