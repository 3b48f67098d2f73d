import Domain
import Ports

/// Writes tokens that we sign ourselves (RFC 7519, in the compact form of RFC 7515).
struct SignedJWT {
    let signer: any TokenSigner
    let algorithm: JWSAlgorithm

    /// The token of these members, each of which is JSON already.
    func text(header: [(name: String, value: String)], claims: [(name: String, value: String)])
        throws(UnusableKey) -> String
    {
        let header = [(name: "alg", value: JSONText.quoted(algorithm.rawValue))] + header
        let message =
            Base64URL.encode(Array(JSONText.object(header).utf8)) + "."
            + Base64URL.encode(Array(JSONText.object(claims).utf8))
        return message + "." + Base64URL.encode(try signer.sign(Array(message.utf8), algorithm))
    }
}
