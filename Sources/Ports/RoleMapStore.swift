package import Domain

/// Where the role map lives: a file, a ConfigMap, an object in S3.
///
/// One process writes it, and any number read it; of two that write at once, one may get `.changed`.
package protocol RoleMapStore: Sendable {
    /// The map as it is now; nil where there is none yet.
    func load() async throws(RoleMapStoreError) -> RoleMap?

    /// Puts a map in the place of the one that `load` gave last, whole or not at all.
    ///
    /// Writing what is there already changes nothing.
    func save(_ map: RoleMap) async throws(RoleMapStoreError)
}

/// Why a role map can't be read or written.
package enum RoleMapStoreError: Error, Sendable, Hashable {
    /// Its place can't be reached.
    case unreachable(place: String, reason: String)
    /// It is there, but is no role map: where, and what is wrong.
    case unreadable(place: String, reason: String)
    /// Somebody else wrote it since it was loaded.
    case changed(place: String)
}

extension RoleMapStoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let place, let reason):
            "the role map in \(place) can't be reached: \(PrintableText.sentence(reason))"
        case .unreadable(let place, let reason):
            "the role map in \(place) can't be used: \(PrintableText.sentence(reason))"
        case .changed(let place): "the role map in \(place) was changed by somebody else meanwhile: run it again."
        }
    }
}
