import Domain
import OpenSSL
import StandIns
import Testing

@Suite("The stand-in provider's id_tokens")
struct StandInIDTokenTests {
    typealias Settings = StandInIdentityProvider.Settings

    /// A token taken apart; `isGenuine` is by the keys that the provider publishes.
    private struct Token {
        let header: JSONValue
        let claims: JSONValue
        let isGenuine: Bool

        init?(_ text: String, _ provider: StandInIdentityProvider) throws {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false).compactMap { Base64URL.decode($0) }
            guard parts.count == 3 else { return nil }
            header = try JSONValue(json: String(decoding: parts[0], as: UTF8.self))
            claims = try JSONValue(json: String(decoding: parts[1], as: UTF8.self))
            let signed = Array(text.prefix(upTo: text.lastIndex(of: ".") ?? text.startIndex).utf8)
            let keyID = header["kid"]?.text
            guard let algorithm = header["alg"]?.text.flatMap({ JWSAlgorithm(rawValue: $0) }) else {
                isGenuine = false
                return
            }
            isGenuine = try provider.publishedKeys.contains { key in
                try key.fits(algorithm) && (keyID == nil || key.keyID == keyID)
                    && OpenSSLCryptography().isValid(parts[2], of: signed, key: key, algorithm: algorithm)
            }
        }
    }

    @Test("One is signed by a published key, whatever the algorithm", arguments: JWSAlgorithm.allCases)
    func genuine(algorithm: JWSAlgorithm) async throws {
        var settings = Settings()
        settings.algorithm = algorithm
        try await withProvider(settings) { provider, visitor in
            let text = try await visitor.signIn().member("id_token")
            let token = try #require(try Token(text, provider))
            #expect(token.header["alg"]?.text == algorithm.rawValue)
            #expect(token.isGenuine)
        }
    }

    @Test("It says who signed in, where, for whom and for how long")
    func claims() async throws {
        var settings = Settings()
        settings.tokenLife = 120
        try await withProvider(settings) { provider, visitor in
            let text = try await visitor.signIn().member("id_token")
            let claims = try #require(try Token(text, provider)).claims
            #expect(claims["iss"]?.text == provider.issuer)
            #expect(claims["aud"]?.text == settings.clientID)
            #expect(claims["sub"]?.text == settings.user.subject)
            #expect(claims["email"]?.text == settings.user.email)
            #expect(claims["nonce"]?.text == "the-nonce")
            #expect(claims["exp"]?.integer == claims["iat"]?.integer.map { $0 + 120 })
        }
    }

    @Test("After a rotation another key signs, now or just before the next signing")
    func rotation() async throws {
        try await withProvider { provider, visitor in
            var names: Set<String> = []
            for turn in 0...2 {
                if turn == 1 { provider.rotateKeys() }
                if turn == 2 { provider.change { $0.rotatesKeyBeforeNextSigning = true } }
                let text = try await visitor.signIn().member("id_token")
                let token = try #require(try Token(text, provider))
                #expect(token.isGenuine)
                names.insert(token.header["kid"]?.text ?? "")
            }
            #expect(names.count == 3)
            #expect(provider.settings.rotatesKeyBeforeNextSigning == false)
        }
    }

    @Test(
        "Keys without names",
        arguments: [(StandInIdentityProvider.KeyNaming.absent, 1), (.absentAmongSeveral, 3)])
    func unnamed(naming: StandInIdentityProvider.KeyNaming, count: Int) async throws {
        var settings = Settings()
        settings.keyNaming = naming
        settings.algorithm = .es256
        try await withProvider(settings) { provider, visitor in
            let text = try await visitor.signIn().member("id_token")
            let token = try #require(try Token(text, provider))
            #expect(token.header["kid"] == nil)
            #expect(token.isGenuine)
            let keys = try provider.publishedKeys
            #expect(keys.count == count)
            #expect(keys.allSatisfy { $0.keyID == nil })
        }
    }

    @Test(
        "A fault is in the token and nowhere else",
        arguments: StandInIdentityProvider.IDTokenFault.allCases)
    func faults(fault: StandInIdentityProvider.IDTokenFault) async throws {
        try await withProvider { provider, visitor in
            let good = try #require(try Token(try await visitor.signIn().member("id_token"), provider))
            provider.change { $0.idTokenFault = fault }
            let answer = try await visitor.signIn()
            #expect(answer.status == 200)
            guard let bad = try Token(answer.member("id_token"), provider) else {
                #expect(fault == .absent || fault == .garbage)
                return
            }
            // These change with every token.
            let varying = ["jti", "at_hash", "iat", "exp", "auth_time"].reduce(into: [:]) { $0[$1] = JSONValue.null }
            let isSame = bad.claims.patched(with: .object(varying)) == good.claims.patched(with: .object(varying))
            switch fault {
            case .algorithmNone, .symmetricAlgorithm, .wrongSignature, .unknownKeyID:
                #expect(!bad.isGenuine)
                #expect(isSame)
            case .missingExpiry: #expect(bad.claims["exp"] == nil)
            case .missingIssuedAt: #expect(bad.claims["iat"] == nil)
            case .expired: #expect((bad.claims["exp"]?.integer ?? 0) < (good.claims["iat"]?.integer ?? 0))
            case .wrongAccessTokenHash: #expect(isSame && bad.isGenuine)
            default:
                #expect(bad.isGenuine)
                #expect(!isSame)
            }
        }
    }
}
