import COpenSSL
import Domain

/// One signing or verifying: a digest context that is set up for an algorithm of JWS.
final class SignatureContext {
    private let context: OpaquePointer

    /// Sets up a context to sign or to verify; nil where the key can't be used with the algorithm.
    init?(_ key: KeyHandle, _ algorithm: JWSAlgorithm, signs: Bool) {
        guard let context = libcrypto.EVP_MD_CTX_new() else { return nil }
        self.context = context
        var details: OpaquePointer?
        // EdDSA hashes by itself.
        let method = algorithm == .edDSA ? nil : algorithm.hash.method
        let code =
            signs
            ? libcrypto.EVP_DigestSignInit(context, &details, method, nil, key.pointer)
            : libcrypto.EVP_DigestVerifyInit(context, &details, method, nil, key.pointer)
        guard code == 1, Self.setPadding(details, algorithm) else { return nil }
    }

    deinit { libcrypto.EVP_MD_CTX_free(context) }

    /// Whether the signature, in the library's own form, is that of the message.
    func isValid(_ signature: [UInt8], _ message: [UInt8]) -> Bool {
        libcrypto.EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    /// The message's signature, in the library's own form.
    func sign(_ message: [UInt8]) -> [UInt8]? {
        var count = 0
        guard libcrypto.EVP_DigestSign(context, nil, &count, message, message.count) == 1 else { return nil }
        var signature = [UInt8](repeating: 0, count: count)
        guard libcrypto.EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else { return nil }
        return Array(signature[..<count])
    }

    /// PSS with a salt as long as the hash, and the same hash in its mask (RFC 7518 section 3.5); else PKCS #1 v1.5.
    private static func setPadding(_ details: OpaquePointer?, _ algorithm: JWSAlgorithm) -> Bool {
        switch algorithm {
        case .rs256, .rs384, .rs512:
            libcrypto.EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PADDING) == 1
        case .ps256, .ps384, .ps512:
            libcrypto.EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING) == 1
                && libcrypto.EVP_PKEY_CTX_set_rsa_pss_saltlen(details, RSA_PSS_SALTLEN_DIGEST) == 1
                && libcrypto.EVP_PKEY_CTX_set_rsa_mgf1_md(details, algorithm.hash.method) == 1
        case .es256, .es384, .es512, .edDSA: true
        }
    }
}
