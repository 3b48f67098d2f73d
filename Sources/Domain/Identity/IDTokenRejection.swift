/// Why an id_token is not acceptable.
package enum IDTokenRejection: Error, Sendable, Hashable {
    /// It is no signed token, or one of its claims has the wrong type.
    case malformed(reason: String)
    /// Its `alg` is not one of `JWSAlgorithm`.
    case algorithmNotAllowed(String)
    /// The provider publishes no key for it.
    case noKey(keyID: String?)
    /// No key of the provider made its signature.
    case badSignature
    /// A claim that it must have is absent.
    case missingClaim(String)
    /// `iss` is another.
    case wrongIssuer(found: String, expected: Issuer)
    /// `aud` does not hold our client id.
    case wrongAudience(found: [String], expected: ClientID)
    /// `azp` is not our client id.
    case wrongAuthorizedParty(found: String, expected: ClientID)
    /// `exp` is past, leeway included.
    case expired(secondsAgo: Int64)
    /// `iat` is so many seconds ahead of our clock.
    case issuedInTheFuture(seconds: Int64)
    /// `nbf` is so many seconds ahead of our clock.
    case notYetValid(seconds: Int64)
    /// `nonce` is not that of our request.
    case wrongNonce
    /// `at_hash` is not that of the access token.
    case wrongAccessTokenHash
    /// A refreshed token speaks of something other than the one that it replaces.
    case changed(claim: String, from: String, to: String)
}

extension IDTokenRejection: CustomStringConvertible {
    package var description: String { finding + remedy }

    /// What is wrong with the token, without what the person at the client is to do about it: for a service's log.
    package var finding: String {
        switch self {
        case .malformed(let reason): "the id_token can't be read: \(reason)"
        case .algorithmNotAllowed(let name): "the id_token is signed by \"\(line(name))\", which is not accepted"
        case .noKey(let keyID?):
            "the id_token names the key \"\(line(keyID))\", which the identity provider does not publish"
        case .noKey(nil): "the identity provider publishes no key that fits the id_token's signature"
        case .badSignature: "the id_token's signature was not made by the identity provider's keys"
        case .missingClaim(let name): "the id_token has no \(name) claim, which OpenID Connect requires here"
        case .wrongIssuer(let found, let expected):
            "the id_token was issued by \"\(line(found))\", not \"\(expected.text)\""
        case .wrongAudience(let found, let expected):
            "the id_token's audience is \(Self.list(found)), not \"\(expected.text)\""
        case .wrongAuthorizedParty(let found, let expected):
            "the id_token was made for the client \"\(line(found))\" (azp), not \"\(expected.text)\""
        case .expired(let seconds): "the id_token expired \(seconds) s ago by this machine's clock"
        case .issuedInTheFuture(let seconds):
            "the id_token was issued \(seconds) s in the future by this machine's clock"
        case .notYetValid(let seconds): "the id_token is valid only in \(seconds) s by this machine's clock"
        case .wrongNonce: "the id_token answers another sign-in (its nonce differs)"
        case .wrongAccessTokenHash: "the id_token belongs to another access token (its at_hash differs)"
        case .changed(let claim, let before, let after):
            "the refreshed id_token's \(claim) is \"\(line(after))\", no longer \"\(line(before))\""
        }
    }

    /// Whether it is this machine's clock that the token does not suit.
    package var isOfClock: Bool {
        switch self {
        case .expired, .issuedInTheFuture, .notYetValid: true
        default: false
        }
    }

    private var remedy: String {
        switch self {
        case .malformed, .missingClaim: ". Ask whoever runs the identity provider to correct it."
        case .algorithmNotAllowed:
            ": have the client set to RS256, ES256 or another public-key algorithm at the identity provider."
        case .noKey: ". \(Self.signInAgain)"
        case .badSignature, .wrongNonce, .wrongAccessTokenHash, .changed: ": it was not used. \(Self.signInAgain)"
        case .wrongIssuer: ": correct --issuer-url, then sign in again."
        case .wrongAudience, .wrongAuthorizedParty: ": correct --client-id, then sign in again."
        case .expired, .issuedInTheFuture, .notYetValid:
            ": check the clock (date -u shows it), then run it again."
        }
    }

    private static let signInAgain = "Sign in once more; if it stays so, ask whoever runs the identity provider."

    private func line(_ text: String) -> String { PrintableText.line(text) }

    private static func list(_ audience: [String]) -> String {
        audience.map { "\"\(PrintableText.line($0))\"" }.joined(separator: ", ")
    }
}
