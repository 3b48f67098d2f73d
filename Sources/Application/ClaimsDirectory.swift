package import Domain
package import Ports

/// Which clients a person has by the id_token alone: those that it was made for, or those that its groups stand for.
package struct ClaimsDirectory: PersonDirectory {
    private let clientsOfGroups: (@Sendable () -> [String: Set<ClientID>])?

    /// The clients that the token names as its audience.
    package init() {
        clientsOfGroups = nil
    }

    /// The clients that the mapping has for the groups of the token; it is read again for each question.
    package init(clientsOfGroups: @escaping @Sendable () -> [String: Set<ClientID>]) {
        self.clientsOfGroups = clientsOfGroups
    }

    package func clients(of claims: IDTokenClaims) async throws(PersonDirectoryError) -> Set<ClientID> {
        told(by: claims)
    }

    package func clientsAtHand(of claims: IDTokenClaims) -> ClientsAtHand? { ClientsAtHand(told(by: claims)) }

    private func told(by claims: IDTokenClaims) -> Set<ClientID> {
        guard let mapping = clientsOfGroups?() else {
            return Set(claims.audience.compactMap { try? ClientID($0) })
        }
        return claims.groups.reduce(into: []) { $0.formUnion(mapping[$1] ?? []) }
    }
}
