import Domain
import Testing

@Suite("Keys and the algorithms that they are for") struct JSONWebKeyTests {
    /// Each kind of key, with the algorithms that it can check.
    static let kinds: [(JSONWebKey.Parameters, Set<JWSAlgorithm>)] = [
        (.rsa(modulus: [1], exponent: [1, 0, 1]), [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512]),
        (.ellipticCurve(.p256, x: [1], y: [2]), [.es256]), (.ellipticCurve(.p384, x: [1], y: [2]), [.es384]),
        (.ellipticCurve(.p521, x: [1], y: [2]), [.es512]), (.edwards(.ed25519, publicKey: [1]), [.edDSA]),
        (.edwards(.ed448, publicKey: [1]), [.edDSA]),
    ]

    @Test("A key fits the algorithms of its kind and curve, and no other", arguments: kinds)
    func ofKind(parameters: JSONWebKey.Parameters, algorithms: Set<JWSAlgorithm>) {
        let key = JSONWebKey(keyID: "k", use: nil, algorithm: nil, parameters: parameters)
        #expect(Set(JWSAlgorithm.allCases.filter { key.fits($0) }) == algorithms)
    }

    @Test("A key that names its one algorithm fits no other of its kind", arguments: kinds)
    func named(parameters: JSONWebKey.Parameters, algorithms: Set<JWSAlgorithm>) {
        for named in JWSAlgorithm.allCases {
            let key = JSONWebKey(keyID: nil, use: "sig", algorithm: named.rawValue, parameters: parameters)
            let fitting = JWSAlgorithm.allCases.filter { key.fits($0) }
            #expect(fitting == (algorithms.contains(named) ? [named] : []))
        }
    }

    @Test(
        "A key that is for something else fits nothing",
        arguments: [
            ("enc", nil), ("SIG", nil), ("", nil), ("sig", "RSA-OAEP"), (nil, "rs256"), (nil, ""), (nil, "none"),
            (nil, "HS256"), ("enc", "RS256"),
        ] as [(String?, String?)])
    func elsewhere(use: String?, algorithm: String?) {
        let key = JSONWebKey(
            keyID: "k", use: use, algorithm: algorithm, parameters: .rsa(modulus: [1], exponent: [3]))
        #expect(!JWSAlgorithm.allCases.contains { key.fits($0) })
    }

    @Test("The allow-list is these ten, each with its hash")
    func allowed() {
        let hashes = JWSAlgorithm.allCases.map { "\($0.rawValue) \($0.hash)" }
        #expect(
            hashes == [
                "RS256 sha256", "RS384 sha384", "RS512 sha512", "PS256 sha256", "PS384 sha384", "PS512 sha512",
                "ES256 sha256", "ES384 sha384", "ES512 sha512", "EdDSA sha512",
            ])
    }

    @Test(
        "Unsigned tokens, tokens signed with a shared secret, and names in other letters have no algorithm here",
        arguments: ["none", "None", "NONE", "", "HS256", "HS384", "HS512", "rs256", "RS256 ", "ES256K", "RS1", "EDDSA"])
    func refused(name: String) {
        #expect(JWSAlgorithm(rawValue: name) == nil)
    }

    @Test("Curves have the names of the standards")
    func curves() {
        #expect(["P-256", "P-384", "P-521"].allSatisfy { JSONWebKey.EllipticCurve(rawValue: $0) != nil })
        #expect(JSONWebKey.EllipticCurve(rawValue: "secp256k1") == nil)
        #expect(["Ed25519", "Ed448"].allSatisfy { JSONWebKey.EdwardsCurve(rawValue: $0) != nil })
        #expect(JSONWebKey.EdwardsCurve(rawValue: "X25519") == nil)
    }
}
