import Domain
import Ports

/// An answer of the revocation endpoint (RFC 7009 sections 2.2 and 2.2.1).
enum RevocationAnswer {
    /// What came of it.
    static func read(_ answer: HTTPResponse, from address: String) throws(IdentityProviderError) -> Revocation {
        if answer.status == 200 { return .revoked }
        if answer.isOutOfOrder { throw .outOfOrder(address: address, status: answer.status) }
        let said = try? JSONReading.decode(Said.self, from: answer.body)
        switch said?.error {
        case "unsupported_token_type": return .unsupported(reason: "it does not revoke tokens of this type")
        case let code?:
            // An explanation could quote the token.
            throw .refused(code: code, explanation: nil)
        case nil: return .unsupported(reason: "its revocation endpoint answered \(answer.status)")
        }
    }

    private struct Said: Decodable {
        let error: String
    }
}
