import Domain

/// An id_token as STS looks at it.
struct WebIdentity {
    let issuer: String
    let subject: String
    /// All of `aud`.
    let audience: [String]
    /// `azp`.
    let authorizedParty: String?
    let expiry: Timestamp
    let algorithm: String?
    let keyID: String?
    /// What the signature is over.
    let signed: [UInt8]
    let signature: [UInt8]

    /// What IAM's `aud` condition is about: `azp` where there is one.
    var client: String? { authorizedParty ?? audience.first }

    init(_ token: String) throws(STSRefusalAnswer) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else {
            throw .invalidIdentityToken(
                "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
        }
        for name in ["iss", "sub", "aud", "exp", "iat"] where claims[name] == nil {
            throw .invalidIdentityToken("Missing a required claim: \(name)")
        }
        guard let issuer = claims["iss"]?.text, let subject = claims["sub"]?.text, let expiry = claims["exp"]?.integer
        else { throw .invalidIdentityToken("A claim of the ID Token has the wrong type") }
        self.issuer = issuer
        self.subject = subject
        self.expiry = Timestamp(seconds: expiry)
        if case .array(let audience)? = claims["aud"] {
            self.audience = audience.compactMap(\.text)
        } else {
            audience = [claims["aud"]?.text].compactMap { $0 }
        }
        authorizedParty = claims["azp"]?.text
        algorithm = header["alg"]?.text
        keyID = header["kid"]?.text
        signed = Array("\(parts[0]).\(parts[1])".utf8)
        self.signature = signature
    }

    private static func object(_ part: Substring) -> JSONValue? {
        guard let bytes = Base64URL.decode(part),
            let value = try? JSONValue(json: String(decoding: bytes, as: UTF8.self)),
            case .object = value
        else { return nil }
        return value
    }
}
