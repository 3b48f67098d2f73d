import Domain
import OpenSSL
import Ports

/// The signing keys of a provider, by algorithm and generation.
///
/// The key pairs are made once a process and shared by its providers, for an RSA pair takes a while; their names are
/// each provider's own, so that no client takes the key of another for its.
final class SigningKeys: Sendable {
    private static let pairs = Locked<[String: SigningKey]>([:])
    private let prefix = Base64URL.encode(OpenSSLCryptography().randomBytes(6))

    /// The key in use, and the name that a token's header gives it.
    func inUse(_ settings: StandInIdentityProvider.Settings) throws(UnusableKey) -> (pair: SigningKey, keyID: String?) {
        let generation = settings.keyGeneration
        let keyID = settings.keyNaming == .named ? name(settings.algorithm, generation) : nil
        return (try Self.pair(settings.algorithm, generation), keyID)
    }

    /// What the key set holds.
    func published(_ settings: StandInIdentityProvider.Settings) throws(UnusableKey) -> [JSONWebKey] {
        var generations = [settings.keyGeneration]
        switch settings.keyNaming {
        case .absent: break
        case .absentAmongSeveral:
            generations = [settings.keyGeneration + 1000, settings.keyGeneration, settings.keyGeneration + 2000]
        case .named:
            if settings.publishesPreviousKey, settings.keyGeneration > 0 {
                generations.append(settings.keyGeneration - 1)
            }
        }
        var keys: [JSONWebKey] = []
        for generation in generations {
            keys.append(
                JSONWebKey(
                    keyID: settings.keyNaming == .named ? name(settings.algorithm, generation) : nil, use: "sig",
                    algorithm: settings.algorithm.rawValue,
                    parameters: try Self.pair(settings.algorithm, generation).publicParameters))
        }
        return keys
    }

    private func name(_ algorithm: JWSAlgorithm, _ generation: Int) -> String {
        "\(prefix)-\(algorithm.rawValue)-\(generation)"
    }

    private static func pair(_ algorithm: JWSAlgorithm, _ generation: Int) throws(UnusableKey) -> SigningKey {
        let kind: SigningKey.Kind =
            switch algorithm {
            case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa(bits: 2048)
            case .es256: .ellipticCurve(.p256)
            case .es384: .ellipticCurve(.p384)
            case .es512: .ellipticCurve(.p521)
            case .edDSA: .edwards(.ed25519)
            }
        let made: Result<SigningKey, UnusableKey> = pairs.with { pairs in
            let name = "\(kind) \(generation)"
            if let pair = pairs[name] { return .success(pair) }
            return Result { () throws(UnusableKey) in
                let pair = try SigningKey.generate(kind)
                pairs[name] = pair
                return pair
            }
        }
        return try made.get()
    }
}

extension JSONWebKey {
    /// The key as a member of a key set (RFC 7517 section 4).
    var json: JSONValue {
        var members: [String: JSONValue] = [:]
        members["kid"] = keyID.map { .string($0) }
        members["use"] = use.map { .string($0) }
        members["alg"] = algorithm.map { .string($0) }
        switch parameters {
        case .rsa(let modulus, let exponent):
            members["kty"] = "RSA"
            members["n"] = .string(Base64URL.encode(modulus))
            members["e"] = .string(Base64URL.encode(exponent))
        case .ellipticCurve(let curve, let x, let y):
            members["kty"] = "EC"
            members["crv"] = .string(curve.rawValue)
            members["x"] = .string(Base64URL.encode(x))
            members["y"] = .string(Base64URL.encode(y))
        case .edwards(let curve, let publicKey):
            members["kty"] = "OKP"
            members["crv"] = .string(curve.rawValue)
            members["x"] = .string(Base64URL.encode(publicKey))
        }
        return .object(members)
    }
}
