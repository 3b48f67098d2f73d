import Domain
import Ports

/// A JWK Set as it is written (RFC 7517 section 5): keys that can't be read are passed over.
struct KeySet: Decodable {
    private let keys: [Entry]

    /// The keys in these bytes that can check signatures.
    static func read(_ body: [UInt8], from address: String) throws(IdentityProviderError) -> [JSONWebKey] {
        do throws(UnreadableJSON) {
            return try JSONReading.decode(KeySet.self, from: body).keys.compactMap(\.key)
        } catch {
            throw .unintelligible(address: address, reason: error.reason)
        }
    }

    /// A member of the set, whatever it is.
    private struct Entry: Decodable {
        let key: JSONWebKey?

        init(from decoder: any Decoder) throws {
            key = (try? WrittenKey(from: decoder))?.key
        }
    }

    /// A key's members (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2).
    private struct WrittenKey: Decodable {
        let kty: String
        let kid: String?
        let use: String?
        let alg: String?
        let crv: String?
        let n: String?
        let e: String?
        let x: String?
        let y: String?

        var key: JSONWebKey? {
            parameters.map { JSONWebKey(keyID: kid, use: use, algorithm: alg, parameters: $0) }
        }

        private var parameters: JSONWebKey.Parameters? {
            switch kty {
            case "RSA": rsa
            case "EC": ellipticCurve
            case "OKP": edwards
            default: nil
            }
        }

        /// At least 2048 bits (RFC 7518 section 3.3).
        private var rsa: JSONWebKey.Parameters? {
            guard let modulus = n.flatMap(Base64URL.decode)?.drop(while: { $0 == 0 }), modulus.count >= 256,
                modulus.count > 256 || modulus.first ?? 0 >= 0x80,
                let exponent = e.flatMap(Base64URL.decode)?.drop(while: { $0 == 0 }), !exponent.isEmpty
            else { return nil }
            return .rsa(modulus: Array(modulus), exponent: Array(exponent))
        }

        /// Coordinates of the curve's full length (RFC 7518 section 6.2.1.2).
        private var ellipticCurve: JSONWebKey.Parameters? {
            guard let curve = crv.flatMap(JSONWebKey.EllipticCurve.init), let x = x.flatMap(Base64URL.decode),
                let y = y.flatMap(Base64URL.decode), x.count == curve.coordinateLength, y.count == x.count
            else { return nil }
            return .ellipticCurve(curve, x: x, y: y)
        }

        private var edwards: JSONWebKey.Parameters? {
            guard let curve = crv.flatMap(JSONWebKey.EdwardsCurve.init), let publicKey = x.flatMap(Base64URL.decode),
                publicKey.count == curve.keyLength
            else { return nil }
            return .edwards(curve, publicKey: publicKey)
        }
    }
}

extension JSONWebKey.EllipticCurve {
    /// Bytes of a coordinate.
    fileprivate var coordinateLength: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }
}

extension JSONWebKey.EdwardsCurve {
    /// Bytes of a public key.
    fileprivate var keyLength: Int {
        switch self {
        case .ed25519: 32
        case .ed448: 57
        }
    }
}
