package import Domain
package import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The file in a token folder that says how tokens are kept there.
package struct FolderMarker: Sendable {
    /// The folder.
    package let folder: String

    /// The marker of that folder.
    package init(folder: String) {
        self.folder = folder
    }

    private var path: String { folder + "/" + TokenCacheMarker.fileName }

    /// Whether other hosts may share the folder: itself, or the nearest one above it that is there.
    package var isOnNetwork: Bool {
        var place = folder
        while !PrivateFolder.isAnything(at: place), let slash = place.lastIndex(of: "/"), slash > place.startIndex {
            place = String(place[..<slash])
        }
        return FileSystemKind.isNetwork(place)
    }

    /// What it says; nil where there is none.
    ///
    /// - Throws: where it must not be trusted, or can't be read: then nobody knows how tokens are kept there.
    package func read() throws(TokenStoreError) -> TokenCacheMarker? {
        do {
            let bytes = try PrivateFile.read(path, limit: TokenCacheMarker.sizeLimit, tightens: true)
            return bytes.map { TokenCacheMarker(bytes: $0) }
        } catch {
            // Of a link that leads nowhere nothing else is worth a word.
            if let flaw = LinkTarget.flaw(of: folder) { throw .notReadable(path: folder, reason: flaw, lack: .folder) }
            return try Self.judged(error, path, folder)
        }
    }

    private static func judged(_ error: any Error, _ path: String, _ folder: String) throws(TokenStoreError)
        -> TokenCacheMarker?
    {
        switch error {
        case let untrusted as PrivateFile.Untrusted:
            throw .refused(
                path: folder, reason: "its file \(TokenCacheMarker.fileName) is not to be trusted: \(untrusted.reason)",
                remedy: "Look at \(path), and remove it or make it yours alone.")
        case let failure as FileFailure where failure.code == EFBIG:
            return .unknown("more than \(TokenCacheMarker.sizeLimit) bytes")
        case let failure as FileFailure: throw failure.whenReading
        default: throw .notReadable(path: path, reason: "\(error)")
        }
    }

    /// Writes it, unless one is there, by a link that only one process of all hosts can make; gives what it says then.
    ///
    /// Where the file system has no links, `file` is written by a rename: a store of another kind has no use for such a
    /// folder. For that one it is nil there, and what that means is for the store to say.
    func write(_ kind: TokenCacheMarker.Kind, linking: (String, String) -> Int32 = { link($0, $1) })
        throws(TokenStoreError) -> TokenCacheMarker?
    {
        if let known = try read() { return known }
        let folder = try PrivateFolder.forTokens(folder)
        let temporary = folder.file("\(TokenCacheMarker.fileName).new.\(UInt64.random(in: 0...UInt64.max))")
        do {
            defer { unlink(temporary) }
            try Self.fill(temporary, Array(TokenCacheMarker.text(kind).utf8))
            if linking(temporary, path) != 0 {
                let failure = FileFailure.latest(path)
                // A reply may be lost, and then the link is there all the same.
                if let known = try read() { return known }
                guard failure.lacksLinks else { throw failure }
                guard kind == .file else { return nil }
                try Posix.rename(temporary, path)
            }
            try Posix.synchronizeFolder(folder.path)
        } catch let failure as FileFailure {
            throw failure.whenWriting(folder.path)
        } catch let error as TokenStoreError {
            throw error
        } catch {
            throw .notWritable(path: path, reason: "\(error)")
        }
        return try read()
    }

    private static func fill(_ path: String, _ bytes: [UInt8]) throws(FileFailure) {
        let descriptor = try Posix.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
        defer { close(descriptor) }
        try Posix.writeAll(descriptor, path, bytes)
        try Posix.synchronize(descriptor, path)
    }
}
