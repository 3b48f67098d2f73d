import Domain
import OpenSSL
import Testing

/// The RSA signature of RFC 7515, and what a damaged key or signature makes of it.
struct RSAVectorTests {
    private let cryptography = OpenSSLCryptography()
    private let modulus =
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR"
        + "T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS"
        + "-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2et"
        + "hFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
    private let signature =
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdb"
        + "F9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383"
        + "LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWy"
        + "wlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    private let signed = Array(
        ("eyJhbGciOiJSUzI1NiJ9."
            + "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ").utf8)

    @Test("RFC 7515 appendix A.2: the RS256 signature of the RFC is valid, and with any bit of it flipped is not")
    func rs256Vector() throws {
        let key = JSONWebKey(
            keyID: nil, use: nil, algorithm: nil,
            parameters: .rsa(modulus: try #require(Base64URL.decode(modulus)), exponent: [1, 0, 1]))
        let signature = try #require(Base64URL.decode(signature))
        #expect(signature.count == 256)
        #expect(try cryptography.isValid(signature, of: signed, key: key, algorithm: .rs256))
        for bit in 0..<(8 * signature.count) {
            var damaged = signature
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(try !cryptography.isValid(damaged, of: signed, key: key, algorithm: .rs256))
        }
    }

    @Test("a modulus with a zero before it is the same key (some providers write one)")
    func leadingZero() throws {
        let modulus = [0] + (try #require(Base64URL.decode(modulus)))
        let key = JSONWebKey(
            keyID: nil, use: nil, algorithm: nil, parameters: .rsa(modulus: modulus, exponent: [0, 1, 0, 1]))
        let signature = try #require(Base64URL.decode(signature))
        #expect(try cryptography.isValid(signature, of: signed, key: key, algorithm: .rs256))
    }
}
