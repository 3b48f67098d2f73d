package import Domain

/// News of the role map from where it lives, for a process that serves it.
package protocol RoleMapFeed: Sendable {
    /// Hands over the map as it is, and again whenever it has changed, until the task is cancelled.
    ///
    /// nil is a map that is not there. An error is told once per change for the worse, and does not end it.
    func follow(_ take: @Sendable (Result<RoleMap?, RoleMapStoreError>) async -> Void) async
}
