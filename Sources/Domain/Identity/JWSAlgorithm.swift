/// The signature algorithms that an id_token may carry: an allow-list (RFC 7518 section 3.1, RFC 8037 section 3.1).
///
/// `none` and the HMAC family are not in it, and so are never accepted: a public client has no secret to check them with.
package enum JWSAlgorithm: String, Sendable, CaseIterable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"

    /// The hash that the algorithm is built on; for EdDSA that of Ed25519.
    package var hash: HashFunction {
        switch self {
        case .rs256, .ps256, .es256: .sha256
        case .rs384, .ps384, .es384: .sha384
        case .rs512, .ps512, .es512, .edDSA: .sha512
        }
    }
}

/// A member of the SHA-2 family (FIPS 180-4).
package enum HashFunction: Sendable, CaseIterable {
    case sha256
    case sha384
    case sha512
}
