import Domain
import Files
import OpenSSL
import Ports

extension ServerComposition {
    /// Makes an RSA key, writes the private half to a new file, and hands over the public half as a JWK (RFC 7517).
    ///
    /// Where that is not taken, the file goes again: half a key is of no use. False then.
    package func generateKey(bits: Int, path: String, isPKCS8: Bool, publish: (String) -> Bool) throws -> Bool {
        let key = try SigningKey.generate(.rsa(bits: bits))
        guard case .rsa(let modulus, let exponent) = key.publicParameters,
            let pem = key.privatePEM(isPKCS8 ? .pkcs8 : .pkcs1)
        else { throw UnusableKey(reason: "no such key can be made") }
        try NewPrivateFile.create(path, pem)
        let isPublished = publish(
            JSONText.object([
                ("use", JSONText.quoted("sig")), ("kty", JSONText.quoted("RSA")),
                ("kid", JSONText.quoted(fingerprint(modulus: modulus, exponent: exponent))),
                ("alg", JSONText.quoted("RS256")), ("n", JSONText.quoted(Base64URL.encode(modulus))),
                ("e", JSONText.quoted(Base64URL.encode(exponent))),
            ]))
        if !isPublished { NewPrivateFile.remove(path) }
        return isPublished
    }

    /// The fingerprint as OpenSSH writes it: of the key in the form of RFC 4253 section 6.6, with numbers as in RFC 4251 section 5.
    private func fingerprint(modulus: [UInt8], exponent: [UInt8]) -> String {
        func sized(_ bytes: [UInt8]) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (24 - 8 * $0)) } + bytes
        }
        func number(_ bytes: [UInt8]) -> [UInt8] {
            let digits = Array(bytes.drop { $0 == 0 })
            return sized((digits.first ?? 0) >= 0x80 ? [0] + digits : digits)
        }
        let blob = sized(Array("ssh-rsa".utf8)) + number(exponent) + number(modulus)
        let url = Base64URL.encode(cryptography.digest(blob, .sha256))
        return "SHA256:" + String(url.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    }
}
