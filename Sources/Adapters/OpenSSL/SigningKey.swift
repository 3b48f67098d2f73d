import COpenSSL
package import Domain
package import Ports

/// A private key that signs as an identity provider or a confidential client does.
package final class SigningKey: Sendable {
    /// A kind of key.
    package enum Kind: Sendable {
        case rsa(bits: Int)
        case ellipticCurve(JSONWebKey.EllipticCurve)
        case edwards(JSONWebKey.EdwardsCurve)
    }

    /// The public half.
    package let publicParameters: JSONWebKey.Parameters

    let handle: KeyHandle

    init(_ handle: KeyHandle, _ kind: Kind) throws(UnusableKey) {
        self.handle = handle
        guard let parameters = Self.publicParameters(handle, kind) else {
            throw UnusableKey(reason: "its public half can't be read")
        }
        publicParameters = parameters
    }

    /// Makes a fresh key; an RSA key of 4096 bits takes a second or two.
    ///
    /// - Throws: `UnusableKey` where no such key can be made; RSA keys have 2048 bits at least.
    package static func generate(_ kind: Kind) throws(UnusableKey) -> SigningKey {
        guard let key = generated(kind) else { throw UnusableKey(reason: "no such key can be made") }
        return try SigningKey(key, kind)
    }

    /// The signature of a message; ECDSA as plain R and S (RFC 7518 section 3.4).
    ///
    /// - Throws: `UnusableKey` where the key is not one for the algorithm.
    package func sign(_ message: [UInt8], _ algorithm: JWSAlgorithm) throws(UnusableKey) -> [UInt8] {
        let key = JSONWebKey(keyID: nil, use: nil, algorithm: nil, parameters: publicParameters)
        guard key.fits(algorithm), let signature = SignatureContext(handle, algorithm, signs: true)?.sign(message)
        else {
            throw UnusableKey(reason: "it can't sign with \(algorithm.rawValue)")
        }
        guard case .ellipticCurve(let curve, _, _) = publicParameters else { return signature }
        guard let plain = ECDSASignature.plain(signature, curve) else {
            throw UnusableKey(reason: "its signature can't be read")
        }
        return plain
    }

    private static func generated(_ kind: Kind) -> KeyHandle? {
        let name =
            switch kind {
            case .rsa: "RSA"
            case .ellipticCurve: "EC"
            case .edwards(let curve): curve.rawValue.uppercased()
            }
        guard let context = libcrypto.EVP_PKEY_CTX_new_from_name(nil, name, nil) else { return nil }
        defer { libcrypto.EVP_PKEY_CTX_free(context) }
        guard libcrypto.EVP_PKEY_keygen_init(context) == 1 else { return nil }
        switch kind {
        case .rsa(let bits):
            guard bits >= PublicKey.smallestRSA, libcrypto.EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits)) == 1
            else {
                return nil
            }
        case .ellipticCurve(let curve):
            guard libcrypto.EVP_PKEY_CTX_set_group_name(context, curve.groupName) == 1 else { return nil }
        case .edwards: break
        }
        var key: OpaquePointer?
        guard libcrypto.EVP_PKEY_generate(context, &key) == 1 else { return nil }
        return KeyHandle(key)
    }

    private static func publicParameters(_ key: KeyHandle, _ kind: Kind) -> JSONWebKey.Parameters? {
        switch kind {
        case .rsa:
            guard let modulus = number(key, aws_oidc_param_rsa_n)?.bytes(),
                let exponent = number(key, aws_oidc_param_rsa_e)?.bytes()
            else { return nil }
            return .rsa(modulus: modulus, exponent: exponent)
        case .ellipticCurve(let curve):
            guard let x = number(key, aws_oidc_param_ec_x)?.bytes(count: curve.coordinateBytes),
                let y = number(key, aws_oidc_param_ec_y)?.bytes(count: curve.coordinateBytes)
            else { return nil }
            return .ellipticCurve(curve, x: x, y: y)
        case .edwards(let curve):
            var count = 0
            guard libcrypto.EVP_PKEY_get_raw_public_key(key.pointer, nil, &count) == 1 else { return nil }
            var bytes = [UInt8](repeating: 0, count: count)
            guard libcrypto.EVP_PKEY_get_raw_public_key(key.pointer, &bytes, &count) == 1 else { return nil }
            return .edwards(curve, publicKey: bytes)
        }
    }

    private static func number(_ key: KeyHandle, _ name: UnsafePointer<CChar>) -> BigNumber? {
        var number: OpaquePointer?
        guard libcrypto.EVP_PKEY_get_bn_param(key.pointer, name, &number) == 1 else { return nil }
        return BigNumber(taking: number)
    }
}
