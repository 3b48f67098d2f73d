import COpenSSL
import Domain
import Ports

/// A key of an identity provider, in the library's hands.
struct PublicKey {
    let handle: KeyHandle

    /// RSA keys below this are not taken (RFC 7518 section 3.3).
    static let smallestRSA = 2048
    /// RSA keys above this cost more time than any provider's would.
    static let largestRSA = 16_384

    /// Makes the key of these parameters.
    ///
    /// - Throws: `UnusableKey` where they are no key: too small, a point that is not on its curve, a wrong length.
    init(_ parameters: JSONWebKey.Parameters) throws(UnusableKey) {
        switch parameters {
        case .rsa(let modulus, let exponent): handle = try Self.rsa(modulus, exponent)
        case .ellipticCurve(let curve, let x, let y): handle = try Self.ellipticCurve(curve, x, y)
        case .edwards(let curve, let publicKey): handle = try Self.edwards(curve, publicKey)
        }
    }

    private static func rsa(_ modulus: [UInt8], _ exponent: [UInt8]) throws(UnusableKey) -> KeyHandle {
        guard let parameters = KeyParameters(), parameters.push(aws_oidc_param_rsa_n, number: modulus),
            parameters.push(aws_oidc_param_rsa_e, number: exponent), let key = parameters.publicKey("RSA")
        else { throw UnusableKey(reason: "its modulus and exponent make no RSA key") }
        let bits = Int(libcrypto.EVP_PKEY_get_bits(key.pointer))
        guard (smallestRSA...largestRSA).contains(bits) else {
            throw UnusableKey(reason: "an RSA key of \(bits) bits is not between \(smallestRSA) and \(largestRSA)")
        }
        return key
    }

    private static func ellipticCurve(_ curve: JSONWebKey.EllipticCurve, _ x: [UInt8], _ y: [UInt8])
        throws(UnusableKey) -> KeyHandle
    {
        let size = curve.coordinateBytes
        // RFC 7518 section 6.2.1.2: exactly as long as the curve's field, leading zeros included.
        guard x.count == size, y.count == size else {
            throw UnusableKey(reason: "its coordinates are not \(size) bytes long, as those of \(curve.rawValue) are")
        }
        guard let parameters = KeyParameters(), parameters.push(aws_oidc_param_group, text: curve.groupName),
            parameters.push(aws_oidc_param_public, octets: [4] + x + y), let key = parameters.publicKey("EC"),
            isSound(key)
        else { throw UnusableKey(reason: "its point is not on the curve \(curve.rawValue)") }
        return key
    }

    private static func edwards(_ curve: JSONWebKey.EdwardsCurve, _ publicKey: [UInt8]) throws(UnusableKey)
        -> KeyHandle
    {
        let key = libcrypto.EVP_PKEY_new_raw_public_key_ex(
            nil, curve.rawValue.uppercased(), nil, publicKey, publicKey.count)
        guard let handle = KeyHandle(key) else { throw UnusableKey(reason: "it is no key of \(curve.rawValue)") }
        return handle
    }

    private static func isSound(_ key: KeyHandle) -> Bool {
        guard let context = libcrypto.EVP_PKEY_CTX_new_from_pkey(nil, key.pointer, nil) else { return false }
        defer { libcrypto.EVP_PKEY_CTX_free(context) }
        return libcrypto.EVP_PKEY_public_check(context) == 1
    }
}

extension JSONWebKey.EllipticCurve {
    /// How many bytes a coordinate has, and so each half of a signature (RFC 7518 section 3.4).
    var coordinateBytes: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }

    /// The library's name for it.
    var groupName: UnsafePointer<CChar> {
        switch self {
        case .p256: aws_oidc_group_p256
        case .p384: aws_oidc_group_p384
        case .p521: aws_oidc_group_p521
        }
    }
}
