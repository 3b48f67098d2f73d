import Domain
import Ports

/// An answer of the introspection endpoint (RFC 7662 sections 2.2 and 2.3).
enum IntrospectionAnswer {
    /// What it says of the token.
    static func read(_ answer: HTTPResponse, from address: String)
        throws(IdentityProviderError) -> RefreshTokenStatus
    {
        switch answer.status {
        case 200:
            break
        case 401, 403:
            return .unknown(
                reason:
                    "the identity provider does not tell public clients (\(answer.status) from its introspection endpoint)"
            )
        case _ where answer.isOutOfOrder:
            throw .outOfOrder(address: address, status: answer.status)
        default:
            return .unknown(reason: "the identity provider's introspection endpoint answered \(answer.status)")
        }
        let said: Said
        do throws(UnreadableJSON) {
            said = try JSONReading.decode(Said.self, from: answer.body)
        } catch {
            throw .unintelligible(address: address, reason: error.reason)
        }
        guard said.active else { return .inactive }
        let expiry = said.exp?.value.flatMap { $0 > 0 ? Timestamp(seconds: $0) : nil }
        return .active(expiry: expiry)
    }

    private struct Said: Decodable {
        let active: Bool
        let exp: LenientNumber?
    }
}
