package import Domain

/// How a role map is written where it lies: the stores move bytes, and this makes sense of them.
package protocol RoleMapCoding: Sendable {
    /// The map as text: the same text for the same map.
    func text(_ map: RoleMap) -> String

    /// The map that a text says.
    ///
    /// - Parameter place: where the text lies, for the error.
    func map(_ text: String, place: String) throws(RoleMapStoreError) -> RoleMap
}
