import Domain
import Ports

/// Makes tokens and documents as a provider would, with signatures that `OIDCFakeVerifier` knows.
enum OIDCForge {
    static func discovery(_ changes: [String: String?] = [:]) -> String {
        var members: [String: String] = [
            "issuer": "\"\(OIDCWorld.issuerText)\"",
            "authorization_endpoint": "\"https://id.example.com/authorize?p=1\"",
            "token_endpoint": "\"\(OIDCWorld.token)\"",
            "jwks_uri": "\"\(OIDCWorld.keys)\"",
            "introspection_endpoint": "\"\(OIDCWorld.introspection)\"",
        ]
        for (name, value) in changes { members[name] = value }
        return object(members)
    }

    static func keySet(_ keys: [String]) -> String { "{\"keys\":[\(keys.joined(separator: ","))]}" }

    /// An RSA key whose modulus ends with a tag.
    static func key(_ tag: UInt8, kid: String?, use: String? = "sig", alg: String? = nil, bytes: Int = 256) -> String {
        let modulus = [0x80] + Array(repeating: UInt8(0), count: bytes - 2) + [tag]
        var members = ["kty": "\"RSA\"", "n": "\"\(Base64URL.encode(modulus))\"", "e": "\"AQAB\""]
        if let kid { members["kid"] = "\"\(kid)\"" }
        if let use { members["use"] = "\"\(use)\"" }
        if let alg { members["alg"] = "\"\(alg)\"" }
        return object(members)
    }

    static func header(alg: String = "RS256", kid: String? = "k1", more: [String: String] = [:]) -> String {
        var members = ["alg": "\"\(alg)\"", "typ": "\"JWT\""].merging(more) { $1 }
        if let kid { members["kid"] = "\"\(kid)\"" }
        return object(members)
    }

    /// Good claims with changes; nil takes one out.
    static func claims(_ changes: [String: String?] = [:]) -> String {
        let now = OIDCFakeTime.start.seconds
        var members: [String: String] = [
            "iss": "\"\(OIDCWorld.issuerText)\"", "sub": "\"alice\"", "aud": "\"xyz\"", "exp": "\(now + 3600)",
            "iat": "\(now)", "nonce": "\"N1\"",
        ]
        for (name, value) in changes { members[name] = value }
        return object(members)
    }

    /// A token signed by the key with that tag.
    static func token(_ claims: String = claims(), header: String = header(), signedBy tag: UInt8 = 1) -> String {
        let message = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(claims.utf8))
        return message + "." + Base64URL.encode(signature(of: Array(message.utf8), tag: tag))
    }

    static func signature(of message: [UInt8], tag: UInt8) -> [UInt8] {
        let sum = message.reduce(UInt64(tag)) { ($0 &* 1_099_511_628_211) ^ UInt64($1) }
        return [tag] + (0..<8).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
    }

    static func object(_ members: [String: String]) -> String {
        "{" + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }
}

/// Knows the signatures of `OIDCForge`; a key with tag 0 is one that it can't use.
struct OIDCFakeVerifier: SignatureVerifier {
    func isValid(_ signature: [UInt8], of message: [UInt8], key: JSONWebKey, algorithm: JWSAlgorithm)
        throws(UnusableKey) -> Bool
    {
        let tag: UInt8? =
            switch key.parameters {
            case .rsa(let modulus, _): modulus.last
            case .ellipticCurve(_, let x, _): x.last
            case .edwards(_, let publicKey): publicKey.last
            }
        guard let tag, tag != 0 else { throw UnusableKey(reason: "tag 0") }
        return signature == OIDCForge.signature(of: message, tag: tag)
    }
}
