import Domain
import Testing

@Suite struct IDTokenRejectionTests {
    static func all() throws -> [IDTokenRejection] {
        let evil = "evil\n\u{1B}[2J"
        let client = try ClientID("xyz")
        return [
            .malformed(reason: "it is no JSON"), .algorithmNotAllowed(evil), .noKey(keyID: evil), .noKey(keyID: nil),
            .badSignature, .missingClaim("iat"), .wrongIssuer(found: evil, expected: try Issuer("https://id.example")),
            .wrongAudience(found: [evil, "b"], expected: client), .wrongAuthorizedParty(found: evil, expected: client),
            .expired(secondsAgo: 61), .issuedInTheFuture(seconds: 61), .notYetValid(seconds: 61), .wrongNonce,
            .wrongAccessTokenHash, .changed(claim: "sub", from: evil, to: evil),
        ]
    }

    @Test("every rejection is one printable line that says what happened")
    func oneLine() throws {
        for rejection in try Self.all() {
            let text = rejection.description
            #expect(text.hasPrefix("the ") && text.hasSuffix("."), "\(text)")
            #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 }, "\(text)")
        }
    }

    @Test(
        "what is about time speaks of the clock",
        arguments: [
            .expired(secondsAgo: 61), .issuedInTheFuture(seconds: 61), .notYetValid(seconds: 61),
        ] as [IDTokenRejection])
    func clock(rejection: IDTokenRejection) {
        #expect(rejection.description.contains("61 s"))
        #expect(rejection.description.contains("check the clock"))
    }

    @Test("what a service logs of it speaks of the token alone, and to nobody at a client")
    func finding() throws {
        for rejection in try Self.all() {
            #expect(rejection.description.hasPrefix(rejection.finding))
            #expect(!rejection.finding.contains("--") && !rejection.finding.lowercased().contains("sign in"))
        }
    }

    @Test("an audience is shown beside the one that was asked for")
    func audience() throws {
        let text = IDTokenRejection.wrongAudience(found: ["abc", "def"], expected: try ClientID("xyz")).description
        #expect(text.contains("audience is \"abc\", \"def\", not \"xyz\""))
        #expect(text.contains("--client-id"))
    }
}
