import Domain
import OpenSSL
import Ports
import Testing

/// Signatures of every algorithm that an id_token may carry.
struct SignatureTests {
    private static let kinds: [(JWSAlgorithm, SigningKey.Kind)] = [
        (.rs256, .rsa(bits: 2048)), (.rs384, .rsa(bits: 2048)), (.rs512, .rsa(bits: 2048)),
        (.ps256, .rsa(bits: 2048)), (.ps384, .rsa(bits: 2048)), (.ps512, .rsa(bits: 2048)),
        (.es256, .ellipticCurve(.p256)), (.es384, .ellipticCurve(.p384)), (.es512, .ellipticCurve(.p521)),
        (.edDSA, .edwards(.ed25519)), (.edDSA, .edwards(.ed448)),
    ]
    private let cryptography = OpenSSLCryptography()
    private let message = Array("eyJhbGciOiJ4In0.e30".utf8)

    private func key(_ parameters: JSONWebKey.Parameters) -> JSONWebKey {
        JSONWebKey(keyID: nil, use: "sig", algorithm: nil, parameters: parameters)
    }

    @Test("what a key signs, its public half verifies, and nothing else", arguments: kinds.indices)
    func roundTrip(index: Int) throws {
        let (algorithm, kind) = Self.kinds[index]
        let signer = try SigningKey.generate(kind)
        let signature = try signer.sign(message, algorithm)
        let mine = key(signer.publicParameters)
        #expect(try cryptography.isValid(signature, of: message, key: mine, algorithm: algorithm))

        for place in stride(from: 0, to: signature.count, by: max(1, signature.count / 16)) {
            var damaged = signature
            damaged[place] ^= 1
            #expect(try !cryptography.isValid(damaged, of: message, key: mine, algorithm: algorithm))
        }
        #expect(try !cryptography.isValid(signature, of: message + [0], key: mine, algorithm: algorithm))
        #expect(try !cryptography.isValid([], of: message, key: mine, algorithm: algorithm))
        #expect(try !cryptography.isValid(signature.dropLast(), of: message, key: mine, algorithm: algorithm))
        #expect(try !cryptography.isValid(signature + [0], of: message, key: mine, algorithm: algorithm))
        let other = try SigningKey.generate(kind)
        #expect(
            try !cryptography.isValid(signature, of: message, key: key(other.publicParameters), algorithm: algorithm))
    }

    @Test("the signature of one RSA algorithm is none of another")
    func algorithmsAreTold() throws {
        let signer = try SigningKey.generate(.rsa(bits: 2048))
        let family: [JWSAlgorithm] = [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512]
        for signed in family {
            let signature = try signer.sign(message, signed)
            for asked in family where asked != signed {
                #expect(
                    try !cryptography.isValid(
                        signature, of: message, key: key(signer.publicParameters), algorithm: asked))
            }
        }
    }

    @Test("a key of another kind than the algorithm needs is unusable")
    func kindsAreTold() throws {
        let curve = try SigningKey.generate(.ellipticCurve(.p256))
        for algorithm in JWSAlgorithm.allCases where algorithm != .es256 {
            #expect(throws: UnusableKey.self) {
                try cryptography.isValid([1], of: message, key: key(curve.publicParameters), algorithm: algorithm)
            }
            #expect(throws: UnusableKey.self) { try curve.sign(message, algorithm) }
        }
    }

    @Test("RSA keys below 2048 bits are unusable, to verify and to make")
    func smallRSA() {
        let small = JSONWebKey.Parameters.rsa(
            modulus: [0x80] + [UInt8](repeating: 1, count: 127), exponent: [1, 0, 1])
        #expect(throws: UnusableKey.self) {
            try cryptography.isValid([1], of: message, key: key(small), algorithm: .rs256)
        }
        #expect(throws: UnusableKey.self) { try SigningKey.generate(.rsa(bits: 1024)) }
    }

    @Test("a point that is not on its curve, or of another length, is no key")
    func badPoints() throws {
        let one = [UInt8](repeating: 1, count: 32)
        for parameters: JSONWebKey.Parameters in [
            .ellipticCurve(.p256, x: one, y: one), .ellipticCurve(.p256, x: [1], y: one),
            .ellipticCurve(.p256, x: [0] + one, y: one), .ellipticCurve(.p256, x: [], y: []),
            .edwards(.ed25519, publicKey: [1, 2, 3]), .rsa(modulus: [], exponent: []),
        ] {
            let algorithm: JWSAlgorithm =
                switch parameters {
                case .rsa: .rs256
                case .ellipticCurve: .es256
                case .edwards: .edDSA
                }
            #expect(throws: UnusableKey.self) {
                try cryptography.isValid([1], of: message, key: key(parameters), algorithm: algorithm)
            }
        }
    }

    @Test("RFC 8037 appendix A.4: the Ed25519 signature of the RFC is valid")
    func ed25519Vector() throws {
        let publicKey = try #require(Base64URL.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))
        let signature = try #require(
            Base64URL.decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"))
        let signed = Array("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".utf8)
        #expect(
            try cryptography.isValid(
                signature, of: signed, key: key(.edwards(.ed25519, publicKey: publicKey)), algorithm: .edDSA))
    }

    @Test("RFC 7515 appendix A.3: the ES256 signature of the RFC is valid")
    func es256Vector() throws {
        let x = try #require(Base64URL.decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"))
        let y = try #require(Base64URL.decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
        let signature = try #require(
            Base64URL.decode("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"))
        let signed = Array(
            ("eyJhbGciOiJFUzI1NiJ9."
                + "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ").utf8
        )
        #expect(
            try cryptography.isValid(
                signature, of: signed, key: key(.ellipticCurve(.p256, x: x, y: y)), algorithm: .es256))
    }

    @Test(
        "SHA-2 gives the known answers (FIPS 180-4 examples)",
        arguments: [
            (HashFunction.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                .sha384,
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
            ),
            (
                .sha512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
            ),
        ])
    func digests(function: HashFunction, expected: String) {
        let text = cryptography.digest(Array("abc".utf8), function).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        #expect(text == expected)
    }

    @Test("random bytes are as many as asked for, and not the same twice")
    func random() {
        #expect(cryptography.randomBytes(64).count == 64)
        #expect(cryptography.randomBytes(32) != cryptography.randomBytes(32))
    }
}
