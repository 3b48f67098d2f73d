import COpenSSL
package import Domain

extension SigningKey {
    /// How a private key is written.
    package enum Format: Sendable {
        /// `RSA PRIVATE KEY` (RFC 8017 appendix A.1.2): RSA keys only.
        case pkcs1
        /// `PRIVATE KEY` (RFC 5958).
        case pkcs8
    }

    /// The private key as PEM, not encrypted; nil where it does not have that form.
    package func privatePEM(_ format: Format) -> Secret? {
        guard let memory = libcrypto.BIO_new(libcrypto.BIO_s_mem()) else { return nil }
        defer { _ = libcrypto.BIO_free(memory) }
        let isDone =
            switch format {
            case .pkcs1: libcrypto.PEM_write_bio_PrivateKey_traditional(memory, handle.pointer, nil, nil, 0, nil, nil)
            case .pkcs8: libcrypto.PEM_write_bio_PrivateKey(memory, handle.pointer, nil, nil, 0, nil, nil)
            }
        guard isDone == 1 else { return nil }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = libcrypto.BIO_read(memory, &chunk, Int32(chunk.count))
            guard count > 0 else { break }
            bytes += chunk[..<Int(count)]
        }
        return Secret(String(decoding: bytes, as: UTF8.self))
    }
}
