import COpenSSL
package import Domain
package import Ports

extension SigningKey: TokenSigner {}

extension SigningKey {
    /// The RSA key of a PEM text: PKCS#1 (`RSA PRIVATE KEY`) or PKCS#8 (`PRIVATE KEY`), not encrypted.
    ///
    /// - Throws: `UnusableKey` with what is wrong; never a word of the text.
    package static func rsa(pem: Secret) throws(UnusableKey) -> SigningKey {
        let bytes = Array(pem.revealed.utf8)
        guard let source = libcrypto.BIO_new_mem_buf(bytes, Int32(clamping: bytes.count)) else {
            throw UnusableKey(reason: "there is no memory left")
        }
        defer { _ = libcrypto.BIO_free(source) }
        // Nobody sits at a terminal to be asked for a passphrase.
        let key = withExtendedLifetime(bytes) {
            libcrypto.PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in 0 }, nil)
        }
        libcrypto.ERR_clear_error()
        guard let handle = KeyHandle(key) else {
            let isEncrypted = pem.revealed.contains("ENCRYPTED")
            throw UnusableKey(
                reason: isEncrypted ? "it is encrypted" : "it is no private key in PEM (PKCS#1 or PKCS#8)")
        }
        guard libcrypto.EVP_PKEY_get_base_id(handle.pointer) == EVP_PKEY_RSA else {
            throw UnusableKey(reason: "it is no RSA key")
        }
        guard libcrypto.EVP_PKEY_get_bits(handle.pointer) >= PublicKey.smallestRSA else {
            throw UnusableKey(reason: "it has less than \(PublicKey.smallestRSA) bits")
        }
        return try SigningKey(handle, .rsa(bits: Int(libcrypto.EVP_PKEY_get_bits(handle.pointer))))
    }
}
