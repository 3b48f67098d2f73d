/// A folder that several hosts share, one call of its file system at a time.
///
/// Names are relative to it, with at most one folder between: `KEY.d/record.5`. Nothing that a call shows is trusted beyond
/// what docs/cache-protocol.md says can be: listings, absence and attributes may be stale, and a file may be replaced meanwhile.
package protocol SharedFolder: Sendable {
    /// Where it is, for messages.
    var path: String { get }

    /// Makes the folder, and that one below it, for this user alone, where they are missing.
    func ensure(_ subfolder: String) throws(SharedFolderFailure)

    /// The names in that folder below it, listed anew; none where there is no such folder.
    func names(in subfolder: String) throws(SharedFolderFailure) -> [String]

    /// A file's bytes, opened anew; nil where there is none.
    func read(_ name: String) throws(SharedFolderFailure) -> [UInt8]?

    /// Makes a file that is not there yet, with room for so many bytes.
    func makeFile(_ name: String, room: Int) throws(SharedFolderFailure) -> any UnnamedFile

    /// Replaces the bytes of a file that only one process writes, in place, and brings them to stable storage.
    func overwrite(_ name: String, with bytes: [UInt8]) throws(SharedFolderFailure)

    /// Gives a file another name, in place of what had that name.
    func rename(_ name: String, to newName: String) throws(SharedFolderFailure)

    /// Removes a file; one that is not there is removed already.
    func remove(_ name: String) throws(SharedFolderFailure)
}

/// A file under a temporary name, before anybody looks for it.
package protocol UnnamedFile: Sendable {
    /// Its temporary name.
    var name: String { get }

    /// Writes these bytes and nothing else, brings them to stable storage, and closes the file.
    func fill(_ bytes: [UInt8]) throws(SharedFolderFailure)

    /// Gives the filled file this name too, if no other has it (link(2)). Where the call fails, the file's own link count,
    /// looked at through the open file, tells whether it worked all the same: a reply may be lost.
    func link(to name: String) throws(SharedFolderFailure) -> LinkOutcome

    /// Removes the temporary name, and the file if it got no other one; it may fail without a word.
    func discard()
}

/// What came of giving a file a name.
package enum LinkOutcome: Sendable, Hashable {
    /// It has it.
    case made
    /// Another file has it.
    case exists
    /// The file is gone: somebody has cleaned up its temporary name.
    case gone
}

/// Why a call on a shared folder failed.
package enum SharedFolderFailure: Error, Sendable, Hashable {
    /// The call failed (errno), on the file at that path.
    case call(path: String, code: Int32, reason: String)
    /// A folder or file that must not be trusted: another's, or writable by others. Without a remedy only another one helps.
    case refused(path: String, reason: String, remedy: String?)
    /// A file of a newer version's, which is of no use to this one, and stays.
    case unusable(path: String, reason: String, remedy: String)
}
