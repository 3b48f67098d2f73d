import Domain
import Ports

/// The discovery document as it is written (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2).
struct DiscoveryDocument: Decodable {
    private let issuer: String
    private let authorizationEndpoint: String
    private let tokenEndpoint: String
    private let keysAddress: String
    private let introspectionEndpoint: LenientText?
    private let revocationEndpoint: LenientText?
    private let deviceAuthorizationEndpoint: LenientText?
    private let namesItselfInRedirect: Bool?

    private enum CodingKeys: String, CodingKey {
        case issuer
        case authorizationEndpoint = "authorization_endpoint"
        case tokenEndpoint = "token_endpoint"
        case keysAddress = "jwks_uri"
        case introspectionEndpoint = "introspection_endpoint"
        case revocationEndpoint = "revocation_endpoint"
        case deviceAuthorizationEndpoint = "device_authorization_endpoint"
        case namesItselfInRedirect = "authorization_response_iss_parameter_supported"
    }

    /// The metadata in these bytes, if they are those of that issuer and every endpoint is one that may be asked.
    static func read(_ body: [UInt8], of issuer: Issuer) throws(IdentityProviderError) -> ProviderMetadata {
        let document: DiscoveryDocument
        do throws(UnreadableJSON) {
            document = try JSONReading.decode(DiscoveryDocument.self, from: body)
        } catch {
            throw .unintelligible(address: issuer.discoveryAddress, reason: error.reason)
        }
        guard Array(document.issuer.utf8) == Array(issuer.text.utf8) else {
            throw .wrongIssuer(configured: issuer.text, found: PrintableText.line(document.issuer))
        }
        return ProviderMetadata(
            issuer: issuer,
            authorizationEndpoint: try endpoint(document.authorizationEndpoint, .authorizationEndpoint, issuer),
            tokenEndpoint: try endpoint(document.tokenEndpoint, .tokenEndpoint, issuer),
            keysAddress: try endpoint(document.keysAddress, .keysAddress, issuer),
            introspectionEndpoint: document.introspectionEndpoint?.value.flatMap { mayBeAsked($0) ? $0 : nil },
            revocationEndpoint: document.revocationEndpoint?.value.flatMap { mayBeAsked($0) ? $0 : nil },
            deviceAuthorizationEndpoint: document.deviceAuthorizationEndpoint?.value.flatMap {
                mayBeAsked($0) ? $0 : nil
            },
            namesItselfInRedirect: document.namesItselfInRedirect ?? false)
    }

    private static func endpoint(_ address: String, _ key: CodingKeys, _ issuer: Issuer)
        throws(IdentityProviderError) -> String
    {
        guard mayBeAsked(address) else {
            throw .unintelligible(
                address: issuer.discoveryAddress,
                reason: "its \(key.rawValue), \"\(PrintableText.line(address))\", is no https address")
        }
        return address
    }

    /// Whether it is an https address, or http on loopback, that has no fragment and nothing that needs encoding.
    private static func mayBeAsked(_ text: String) -> Bool {
        guard let address = WebAddress(text), address.isSecure || address.isLoopback else { return false }
        return text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"<>\\^`{|}#".utf8.contains($0) }
    }
}
