package import Domain

/// What the scans of one process found last, so that it survives a restart.
package protocol ScanMemory: Sendable {
    /// What was found, and when; nil where nothing is kept.
    ///
    /// What can't be read is put aside, so that the next `keep` finds room, and the error says where.
    func recall() async throws(RoleMapStoreError) -> RememberedScan?

    /// Keeps what was found just now, whatever was kept before and whoever wrote it.
    func keep(_ map: RoleMap) async throws(RoleMapStoreError)
}

/// What an earlier scan found.
package struct RememberedScan: Sendable, Hashable {
    /// The map.
    package let map: RoleMap
    /// When it was found.
    package let at: Timestamp

    /// A map of that moment.
    package init(map: RoleMap, at: Timestamp) {
        self.map = map
        self.at = at
    }
}
