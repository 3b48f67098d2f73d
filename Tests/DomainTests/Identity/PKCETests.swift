import Domain
import Testing

@Suite struct PKCETests {
    @Test("64 random bytes make a verifier of 86 unreserved characters")
    func verifierForm() {
        let pkce = PKCE(random: (0..<64).map { UInt8($0) }) { _ in [] }
        let text = pkce.verifier.revealed
        #expect(PKCE.randomByteCount == 64)
        #expect(text.utf8.count == 86)
        #expect(text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._~".contains($0)) })
        #expect(pkce.verifier.description == "<redacted>")
    }

    @Test("the challenge is the base64url of the verifier's digest (RFC 7636 appendix B)")
    func challenge() throws {
        let random = try #require(Base64URL.decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
        let digest = try #require(Base64URL.decode("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"))
        var digested: [UInt8] = []
        let pkce = PKCE(random: random) { bytes in
            digested = bytes
            return digest
        }
        #expect(pkce.verifier.revealed == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        #expect(digested == Array(pkce.verifier.revealed.utf8))
        #expect(pkce.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
        #expect(PKCE.method == "S256")
    }
}
