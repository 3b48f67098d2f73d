package import Domain

/// Which clients of the identity provider a person has: Okta's apps, or what the id_token itself says.
package protocol PersonDirectory: Sendable {
    /// The clients of the person whose verified id_token has these claims.
    ///
    /// A client id that does not have the grammar of one is left out.
    func clients(of claims: IDTokenClaims) async throws(PersonDirectoryError) -> Set<ClientID>

    /// The same where nobody has to be asked or waited for; nil where somebody has to be.
    func clientsAtHand(of claims: IDTokenClaims) -> Set<ClientID>?
}

extension PersonDirectory {
    package func clientsAtHand(of claims: IDTokenClaims) -> Set<ClientID>? { nil }
}

/// Why nobody knows which clients a person has.
package enum PersonDirectoryError: Error, Sendable, Hashable {
    /// The directory can't be reached, or is out of order, or asks for patience.
    case unavailable(reason: String)
    /// It takes no more questions for so many seconds.
    case atLimit(reason: String, seconds: Int)
    /// It refuses us.
    case refused(reason: String)
}

extension PersonDirectoryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let reason), .atLimit(let reason, _):
            "the directory of the identity provider can't be asked: \(PrintableText.sentence(reason))"
        case .refused(let reason):
            "the directory of the identity provider refuses us: \(PrintableText.sentence(reason))"
        }
    }
}
