import COpenSSL
package import Domain
import Ports

/// Hashes, random bytes and signatures by OpenSSL's libcrypto.
package struct OpenSSLCryptography: Digester, MessageAuthenticator, RandomSource {
    /// The library, opened by the first use.
    package init() {}

    package func digest(_ bytes: [UInt8], _ function: HashFunction) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        let isDone = libcrypto.EVP_Digest(bytes, bytes.count, &digest, &count, function.method, nil)
        precondition(isDone == 1, "SHA-2 is in every build of libcrypto")
        return Array(digest[..<Int(count)])
    }

    package func hmacSHA256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        let isDone =
            libcrypto.HMAC(libcrypto.EVP_sha256(), key, Int32(key.count), message, message.count, &code, &count) != nil
        precondition(isDone, "HMAC with SHA-256 is in every build of libcrypto")
        return Array(code[..<Int(count)])
    }

    package func randomBytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // A generator that fails must end the process: what it would leave behind is no secret.
        precondition(libcrypto.RAND_bytes(&bytes, Int32(count)) == 1, "the system's random generator does not answer")
        return bytes
    }
}

extension HashFunction {
    /// The library's own name for it.
    var method: OpaquePointer? {
        switch self {
        case .sha256: libcrypto.EVP_sha256()
        case .sha384: libcrypto.EVP_sha384()
        case .sha512: libcrypto.EVP_sha512()
        }
    }
}
