package import Domain

/// Which clients of the identity provider a person has: Okta's apps, or what the id_token itself says.
package protocol PersonDirectory: Sendable {
    /// The clients of the person whose verified id_token has these claims.
    ///
    /// A client id that does not have the grammar of one is left out.
    func clients(of claims: IDTokenClaims) async throws(PersonDirectoryError) -> Set<ClientID>

    /// The same where nobody has to be asked or waited for; nil where somebody has to be.
    ///
    /// Whoever answers by it calls `countAtHand`.
    func clientsAtHand(of claims: IDTokenClaims) -> ClientsAtHand?

    /// Counts an answer that was given by what was at hand.
    func countAtHand(isStandIn: Bool)
}

extension PersonDirectory {
    package func clientsAtHand(of claims: IDTokenClaims) -> ClientsAtHand? { nil }
    package func countAtHand(isStandIn: Bool) {}
}

/// A person's clients, that nobody had to be asked for.
package struct ClientsAtHand: Sendable {
    /// The clients.
    package let clients: Set<ClientID>
    /// Whether it is an older answer, that stands in while the directory is left alone.
    package let isStandIn: Bool

    /// Clients, new enough or standing in.
    package init(_ clients: Set<ClientID>, isStandIn: Bool = false) {
        self.clients = clients
        self.isStandIn = isStandIn
    }
}

/// Why nobody knows which clients a person has.
package enum PersonDirectoryError: Error, Sendable, Hashable {
    /// The directory can't be reached, or is out of order, or asks for patience.
    case unavailable(reason: String)
    /// It is not to be asked for so many seconds: it has said so, or has just failed.
    case notNow(reason: String, seconds: Int)
    /// It refuses us.
    case refused(reason: String)
    /// It has no answer about this one person, whoever asks; others are none the worse for it.
    case notThisPerson(reason: String)
}

extension PersonDirectoryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let reason), .notNow(let reason, _):
            "the directory of the identity provider can't be asked: \(PrintableText.sentence(reason))"
        case .refused(let reason):
            "the directory of the identity provider refuses us: \(PrintableText.sentence(reason))"
        case .notThisPerson(let reason):
            "the directory of the identity provider has no answer about this person: \(PrintableText.sentence(reason))"
        }
    }

    /// What it is that happened.
    package var reason: String {
        switch self {
        case .unavailable(let reason), .notNow(let reason, _), .refused(let reason), .notThisPerson(let reason): reason
        }
    }
}
