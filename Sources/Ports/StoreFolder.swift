/// A private folder on a disk of this host, for a store that a library keeps in files of its own.
///
/// Every call refuses what must not be trusted: another user's, or writable by others.
package protocol StoreFolder: Sendable {
    /// The path.
    var path: String { get }

    /// Whether there is anything at that path.
    var isThere: Bool { get }

    /// Makes the folder where it is missing, for this user alone.
    ///
    /// - Throws: `.refused` also where other hosts may share it.
    func ensure() throws(TokenStoreError)

    /// Makes an empty file, for this user alone, unless one of that name is there.
    func makeFile(_ name: String) throws(TokenStoreError)

    /// Whether a file of that name is there; one that others may read is tightened. It is not opened: closing it would
    /// drop the POSIX locks that this process has on it.
    func hasFile(_ name: String) throws(TokenStoreError) -> Bool

    /// The right of that name, by a lock in this folder.
    func right(_ name: String) -> any ProductionRight
}
