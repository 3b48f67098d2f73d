import Domain
import Ports

/// Proves that we hold the key that an access token is bound to (RFC 9449), where the org demands it.
struct ProofOfPossession: Sendable {
    private let signer: any TokenSigner
    private let random: any RandomSource
    private let digester: any Digester
    private let time: any TimeSource

    /// Proofs by an EC key of the curve P-256.
    init(signer: any TokenSigner, random: any RandomSource, digester: any Digester, time: any TimeSource) {
        self.signer = signer
        self.random = random
        self.digester = digester
        self.time = time
    }

    /// The proof for one request.
    ///
    /// - Parameters:
    ///   - nonce: what the server asked to have repeated; nil where it asked for none.
    ///   - accessToken: the token that goes with the request; nil where it asks for one.
    func proof(method: String, address: String, nonce: String?, accessToken: Secret?) throws(UnusableKey) -> String {
        guard case .ellipticCurve(.p256, let x, let y) = signer.publicParameters else {
            throw UnusableKey(reason: "a proof of possession is signed by a key of P-256 here")
        }
        let key = JSONText.object([
            ("kty", "\"EC\""), ("crv", "\"P-256\""), ("x", JSONText.quoted(Base64URL.encode(x))),
            ("y", JSONText.quoted(Base64URL.encode(y))),
        ])
        var claims = [
            (name: "jti", value: JSONText.quoted(Base64URL.encode(random.randomBytes(16)))),
            (name: "htm", value: JSONText.quoted(method)),
            // Without query and fragment (section 4.2).
            (name: "htu", value: JSONText.quoted(String(address.prefix { $0 != "?" && $0 != "#" }))),
            (name: "iat", value: "\(time.now().seconds)"),
        ]
        if let nonce { claims.append((name: "nonce", value: JSONText.quoted(nonce))) }
        if let accessToken {
            let hash = digester.digest(Array(accessToken.revealed.utf8), .sha256)
            claims.append((name: "ath", value: JSONText.quoted(Base64URL.encode(hash))))
        }
        return try SignedJWT(signer: signer, algorithm: .es256).text(
            header: [("typ", "\"dpop+jwt\""), ("jwk", key)], claims: claims)
    }
}
