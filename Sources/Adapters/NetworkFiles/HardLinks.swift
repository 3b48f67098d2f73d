import Locking
import Ports

extension SharedKey {
    /// Makes the folder, and makes sure, once a host, that its hard links do what all this is built on.
    func prepare() throws(SharedFolderFailure) {
        try folder.ensure(subfolder)
        let bootID = Array(store.census.current.bootID.utf8)
        if store.notes.note(linksNote) == bootID || store.linksWork.with({ $0 }) { return }
        do throws(SharedFolderFailure) {
            try probeLinks()
        } catch {
            guard error.lacksLinks else { throw error }
            throw Self.linkless(folder.path)
        }
        store.notes.write(bootID, to: linksNote)
        store.linksWork.with { $0 = true }
    }

    /// Gives a file a name of this key's folder, if no other has it.
    ///
    /// Links that worked when they were tried may work no more, as where the server is mounted anew.
    func give(_ file: any UnnamedFile, _ name: SharedName) throws(SharedFolderFailure) -> LinkOutcome {
        do {
            return try file.link(to: path(name))
        } catch {
            guard error.lacksLinks else { throw error }
            store.notes.write([], to: linksNote)
            store.linksWork.with { $0 = false }
            throw Self.linkless(folder.path)
        }
    }

    private var linksNote: String { "shared-links-" + format.hash(Array(folder.path.utf8)).prefix(16) }

    private func probeLinks() throws(SharedFolderFailure) {
        let linked = try makeFile(for: 0, room: 0)
        defer { linked.discard() }
        let name = linked.name + "b"
        try linked.fill([])
        let outcome = try linked.link(to: name)
        try folder.remove(name)
        let removed = try makeFile(for: 0, room: 0)
        defer { removed.discard() }
        try removed.fill([])
        try folder.remove(removed.name)
        let second = try removed.link(to: removed.name + "b")
        if second == .made { try folder.remove(removed.name + "b") }
        // Somebody may have cleaned up the one; nobody can have named the other.
        guard outcome != .exists, second == .gone else { throw Self.linkless(folder.path) }
    }

    private static func linkless(_ path: String) -> SharedFolderFailure {
        .refused(
            path: path, reason: "its file system has no hard links that hosts can agree by", remedy: nil)
    }
}
