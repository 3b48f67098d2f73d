import COpenSSL
import Domain

/// The two forms of an ECDSA signature: R and S side by side (RFC 7518 section 3.4), and the DER that the library speaks.
enum ECDSASignature {
    /// The DER of a plain signature; nil where it has the wrong length.
    static func encoded(_ plain: [UInt8], _ curve: JSONWebKey.EllipticCurve) -> [UInt8]? {
        let size = curve.coordinateBytes
        guard plain.count == 2 * size, let signature = libcrypto.ECDSA_SIG_new() else { return nil }
        defer { libcrypto.ECDSA_SIG_free(signature) }
        let (left, right) = (Array(plain[..<size]), Array(plain[size...]))
        guard let r = libcrypto.BN_bin2bn(left, Int32(size), nil) else { return nil }
        guard let s = libcrypto.BN_bin2bn(right, Int32(size), nil) else {
            libcrypto.BN_free(r)
            return nil
        }
        // From here on the numbers are the signature's.
        guard libcrypto.ECDSA_SIG_set0(signature, r, s) == 1 else { return nil }
        let count = libcrypto.i2d_ECDSA_SIG(signature, nil)
        guard count > 0 else { return nil }
        var encoded = [UInt8](repeating: 0, count: Int(count))
        return encoded.withUnsafeMutableBufferPointer { buffer in
            var position = buffer.baseAddress
            return libcrypto.i2d_ECDSA_SIG(signature, &position) == count
        } ? encoded : nil
    }

    /// The plain form of a DER signature; nil where it is none.
    static func plain(_ encoded: [UInt8], _ curve: JSONWebKey.EllipticCurve) -> [UInt8]? {
        encoded.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            guard let signature = libcrypto.d2i_ECDSA_SIG(nil, &position, buffer.count) else { return nil }
            defer { libcrypto.ECDSA_SIG_free(signature) }
            return part(libcrypto.ECDSA_SIG_get0_r(signature), curve).flatMap { r in
                part(libcrypto.ECDSA_SIG_get0_s(signature), curve).map { r + $0 }
            }
        }
    }

    private static func part(_ number: OpaquePointer?, _ curve: JSONWebKey.EllipticCurve) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: curve.coordinateBytes)
        return libcrypto.BN_bn2binpad(number, &bytes, Int32(bytes.count)) == Int32(bytes.count) ? bytes : nil
    }
}
