package import Domain

/// Checks signatures of an identity provider.
package protocol SignatureVerifier: Sendable {
    /// Whether `signature` is that of `message` by `key` under `algorithm` (RFC 7515 section 5.2).
    ///
    /// An ECDSA signature is the plain R and S of RFC 7518 section 3.4. A signature of the wrong length or form is
    /// `false`, never an error.
    ///
    /// - Throws: `UnusableKey` where the key can't be used with the algorithm or is no key at all.
    func isValid(_ signature: [UInt8], of message: [UInt8], key: JSONWebKey, algorithm: JWSAlgorithm)
        throws(UnusableKey) -> Bool
}

/// A key that can't be used for the algorithm that was asked.
package struct UnusableKey: Error, Sendable {
    /// What is wrong with it.
    package let reason: String

    /// A key that can't be used, and why.
    package init(reason: String) {
        self.reason = reason
    }
}

/// Hashes bytes.
package protocol Digester: Sendable {
    /// The hash of these bytes.
    func digest(_ bytes: [UInt8], _ function: HashFunction) -> [UInt8]
}

/// Authenticates messages by a shared key.
package protocol MessageAuthenticator: Sendable {
    /// The HMAC-SHA256 of a message (RFC 2104).
    func hmacSHA256(_ message: [UInt8], key: [UInt8]) -> [UInt8]
}

/// Gives random bytes fit for keys and tokens.
package protocol RandomSource: Sendable {
    /// So many fresh bytes from the system's cryptographic generator.
    func randomBytes(_ count: Int) -> [UInt8]
}

/// A private key that proves who we are.
package protocol TokenSigner: Sendable {
    /// The public half.
    var publicParameters: JSONWebKey.Parameters { get }

    /// The signature of a message; ECDSA as plain R and S (RFC 7518 section 3.4).
    ///
    /// - Throws: `UnusableKey` where the key is not one for the algorithm.
    func sign(_ message: [UInt8], _ algorithm: JWSAlgorithm) throws(UnusableKey) -> [UInt8]
}
