import Domain
import OpenSSL
import Ports

/// Writes an id_token, right or wrong as it is told.
struct IDTokenWriter {
    let settings: StandInIdentityProvider.Settings
    let issuer: String
    let fault: StandInIdentityProvider.IDTokenFault?
    private let cryptography = OpenSSLCryptography()

    init(
        settings: StandInIdentityProvider.Settings, issuer: String, fault: StandInIdentityProvider.IDTokenFault?
    ) {
        self.settings = settings
        self.issuer = issuer
        self.fault = fault
    }

    /// The token; nil where the fault is that there is none.
    ///
    /// A refreshed one has no nonce (OpenID Connect Core 12.2).
    func write(
        for signIn: SignInLedger.SignIn, isRefreshed: Bool, accessToken: String, now: Timestamp, keys: SigningKeys
    ) throws(UnusableKey) -> String? {
        if fault == .absent { return nil }
        if fault == .garbage { return "this-is-no-jwt" }
        let claims = claims(for: signIn, isRefreshed: isRefreshed, accessToken: accessToken, now: now)
        let (pair, keyID) = try keys.inUse(settings)
        var header: [String: JSONValue] = ["typ": "JWT", "alg": .string(settings.algorithm.rawValue)]
        header["kid"] = keyID.map { .string($0) }
        switch fault {
        case .algorithmNone: header["alg"] = "none"
        case .symmetricAlgorithm: header["alg"] = "HS256"
        case .unknownKeyID: header["kid"] = "a-key-that-nobody-published"
        default: break
        }
        let input = Base64URL.encode(JSONValue.object(header).json) + "." + Base64URL.encode(claims.json)
        var signature: [UInt8]
        switch fault {
        case .algorithmNone: signature = []
        case .symmetricAlgorithm: signature = hmac(Array(input.utf8), key: publicBytes(of: pair))
        default: signature = try pair.sign(Array(input.utf8), settings.algorithm)
        }
        if fault == .wrongSignature, let last = signature.indices.last { signature[last] ^= 1 }
        return input + "." + Base64URL.encode(signature)
    }

    private func claims(
        for signIn: SignInLedger.SignIn, isRefreshed: Bool, accessToken: String, now: Timestamp
    ) -> JSONValue {
        let user = signIn.user
        var claims: [String: JSONValue] = [
            "iss": .string(issuer), "sub": .string(user.subject),
            "aud": settings.audience.map { .array($0.map { .string($0) }) } ?? .string(signIn.clientID),
            "exp": .integer((now + settings.tokenLife).seconds), "iat": .integer(now.seconds),
            "auth_time": .integer(signIn.moment.seconds), "amr": ["pwd"],
            "jti": .string(Base64URL.encode(cryptography.randomBytes(12))),
            "at_hash": .string(accessTokenHash(accessToken)),
        ]
        if !isRefreshed { claims["nonce"] = .string(signIn.nonce) }
        claims["azp"] = settings.authorizedParty.map { .string($0) }
        if signIn.scopes.contains("email") {
            claims["email"] = user.email.map { .string($0) }
            claims["email_verified"] = user.email.map { _ in true }
        }
        // Providers for companies put both into the id_token without being asked for `profile`.
        claims["name"] = user.name.map { .string($0) }
        claims["preferred_username"] = user.preferredUsername.map { .string($0) }
        if signIn.scopes.contains("groups") { claims["groups"] = .array(user.groups.map { .string($0) }) }
        spoil(&claims, now: now)
        return .object(claims)
    }

    private func spoil(_ claims: inout [String: JSONValue], now: Timestamp) {
        switch fault {
        case .wrongIssuer: claims["iss"] = "https://somebody-else.example.com"
        case .wrongSubject: claims["sub"] = "somebody-else"
        case .wrongAudience: claims["aud"] = "somebody-else"
        case .wrongAuthorizedParty: claims["azp"] = "somebody-else"
        case .wrongNonce: claims["nonce"] = "another-nonce"
        case .wrongAccessTokenHash: claims["at_hash"] = .string(accessTokenHash("another-access-token"))
        case .missingIssuer: claims["iss"] = nil
        case .missingSubject: claims["sub"] = nil
        case .missingAudience: claims["aud"] = nil
        case .missingExpiry: claims["exp"] = nil
        case .missingIssuedAt: claims["iat"] = nil
        case .missingNonce: claims["nonce"] = nil
        case .expired: claims["exp"] = .integer((now - 3600).seconds)
        case .notYetValid:
            claims["iat"] = .integer((now + 3600).seconds)
            claims["nbf"] = .integer((now + 3600).seconds)
            claims["exp"] = .integer((now + 7200).seconds)
        case .absent, .algorithmNone, .symmetricAlgorithm, .wrongSignature, .unknownKeyID, .garbage, nil: break
        }
    }

    /// The left half of the access token's hash (OpenID Connect Core 3.1.3.6).
    private func accessTokenHash(_ accessToken: String) -> String {
        let hash = cryptography.digest(Array(accessToken.utf8), settings.algorithm.hash)
        return Base64URL.encode(Array(hash.prefix(hash.count / 2)))
    }

    private func publicBytes(of pair: SigningKey) -> [UInt8] {
        switch pair.publicParameters {
        case .rsa(let modulus, _): modulus
        case .ellipticCurve(_, let x, let y): x + y
        case .edwards(_, let publicKey): publicKey
        }
    }

    /// HMAC-SHA256 (RFC 2104).
    private func hmac(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var block = key.count > 64 ? cryptography.digest(key, .sha256) : key
        block += Array(repeating: 0, count: 64 - block.count)
        let inner = cryptography.digest(block.map { $0 ^ 0x36 } + message, .sha256)
        return cryptography.digest(block.map { $0 ^ 0x5C } + inner, .sha256)
    }
}
