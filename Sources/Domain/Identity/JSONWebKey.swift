/// A public key of an identity provider, as its JWK Set gives it (RFC 7517, RFC 7518 section 6, RFC 8037 section 2).
package struct JSONWebKey: Sendable, Hashable {
    /// The key itself; numbers are big-endian bytes, already out of their base64url.
    package enum Parameters: Sendable, Hashable {
        case rsa(modulus: [UInt8], exponent: [UInt8])
        case ellipticCurve(EllipticCurve, x: [UInt8], y: [UInt8])
        case edwards(EdwardsCurve, publicKey: [UInt8])
    }

    /// The curves of ES256, ES384 and ES512, by the names that `crv` has.
    package enum EllipticCurve: String, Sendable {
        case p256 = "P-256"
        case p384 = "P-384"
        case p521 = "P-521"
    }

    /// The curves of EdDSA, by the names that `crv` has.
    package enum EdwardsCurve: String, Sendable {
        case ed25519 = "Ed25519"
        case ed448 = "Ed448"
    }

    /// `kid`: the name by which a token's header picks the key; absent in sets of one key.
    package let keyID: String?
    /// `use`: `sig` or absent for a key that signs.
    package let use: String?
    /// `alg`: the one algorithm that the key is for; absent where any that fits will do.
    package let algorithm: String?
    /// The key itself.
    package let parameters: Parameters

    /// A key with these members.
    package init(keyID: String?, use: String?, algorithm: String?, parameters: Parameters) {
        self.keyID = keyID
        self.use = use
        self.algorithm = algorithm
        self.parameters = parameters
    }

    /// Whether kty, use and alg let this key check a signature of that algorithm (RFC 7517 sections 4.2 and 4.4).
    package func fits(_ wanted: JWSAlgorithm) -> Bool {
        guard use == nil || use == "sig", algorithm == nil || algorithm == wanted.rawValue else { return false }
        return switch (wanted, parameters) {
        case (.rs256, .rsa), (.rs384, .rsa), (.rs512, .rsa), (.ps256, .rsa), (.ps384, .rsa), (.ps512, .rsa): true
        case (.es256, .ellipticCurve(.p256, _, _)): true
        case (.es384, .ellipticCurve(.p384, _, _)): true
        case (.es512, .ellipticCurve(.p521, _, _)): true
        case (.edDSA, .edwards): true
        default: false
        }
    }
}
