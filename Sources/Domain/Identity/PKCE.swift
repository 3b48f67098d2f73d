/// The proof that who redeems a code is who asked for it (RFC 7636), by method S256 only.
package struct PKCE: Sendable, Hashable {
    /// `code_challenge_method`.
    package static let method = "S256"
    /// How many random bytes a verifier is made of.
    package static let randomByteCount = 64

    /// `code_verifier`: 86 unreserved characters for 64 random bytes.
    package let verifier: Secret
    /// `code_challenge`: the base64url of the verifier's SHA-256.
    package let challenge: String

    /// Makes both from fresh random bytes and a SHA-256.
    ///
    /// - Precondition: 32 to 96 bytes, so that the verifier has 43 to 128 characters (section 4.1).
    package init(random: [UInt8], sha256: (_ bytes: [UInt8]) -> [UInt8]) {
        precondition((32...96).contains(random.count), "a verifier is made of 32 to 96 random bytes")
        let text = Base64URL.encode(random)
        verifier = Secret(text)
        challenge = Base64URL.encode(sha256(Array(text.utf8)))
    }
}
