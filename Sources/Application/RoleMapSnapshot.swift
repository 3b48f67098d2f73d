package import Domain

/// A role map made ready for questions of which roles a person of some clients has.
package final class RoleMapSnapshot: Sendable {
    /// The map.
    package let map: RoleMap
    /// Another map has another number, in the life of this process.
    package let version: Int
    /// In how many accounts the roles lie.
    package let accountCount: Int

    private let entries: [ClientID: [Int32]]
    private let conditional: [ClientID: [Int32]]

    /// Makes a map ready.
    package init(_ map: RoleMap, version: Int) {
        self.map = map
        self.version = version
        entries = Self.index(map.entries.map(\.clientID))
        conditional = Self.index(map.conditional.map(\.entry.clientID))
        accountCount = Set(map.entries.map(\.account.id)).count
    }

    /// The clients among these that have any role at all.
    package func known(_ clients: Set<ClientID>) -> Set<ClientID> {
        clients.filter { entries[$0] != nil || conditional[$0] != nil }
    }

    /// What a person of these clients has, in the map's order.
    ///
    /// Stale accounts are told to those who have a role there. One that was never read is told to everybody: whoever had
    /// roles there before must not be told that they are gone.
    package func granted(to clients: Set<ClientID>) -> ConfigReply {
        let profiles = clients.flatMap { entries[$0] ?? [] }.sorted().map { map.entries[Int($0)] }
        let conditional = clients.flatMap { self.conditional[$0] ?? [] }.sorted().map { map.conditional[Int($0)] }
        let accounts = Set(profiles.map(\.account.id) + conditional.map(\.entry.account.id))
        return ConfigReply(
            profiles: profiles, conditional: conditional,
            stale: map.stale.filter { $0.lastRead == nil || accounts.contains($0.accountID) })
    }

    private static func index(_ clients: [ClientID]) -> [ClientID: [Int32]] {
        var index: [ClientID: [Int32]] = [:]
        for (number, client) in clients.enumerated() { index[client, default: []].append(Int32(number)) }
        return index
    }
}
