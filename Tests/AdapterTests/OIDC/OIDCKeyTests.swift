import Domain
import OIDC
import Ports
import Testing

@Suite struct OIDCKeyTests {
    private func token(kid: String?, signedBy tag: UInt8, alg: String = "RS256") -> String {
        OIDCForge.token(header: OIDCForge.header(alg: alg, kid: kid), signedBy: tag)
    }

    private static let x = Base64URL.encode(Array(repeating: 7, count: 32))
    private static let ed25519 = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"ed\",\"x\":\"\(x)\"}"
    private static let p256 = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"ec\",\"x\":\"\(x)\",\"y\":\"\(x)\"}"

    static let accepted: [(String, [String], String?, String, UInt8)] = [
        ("of its name", [OIDCForge.key(1, kid: "a"), OIDCForge.key(2, kid: "b")], "b", "RS256", 2),
        ("of its name, one of two", [OIDCForge.key(1, kid: "a"), OIDCForge.key(2, kid: "a")], "a", "RS256", 2),
        ("the only one, without a name", [OIDCForge.key(1, kid: "a")], nil, "RS256", 1),
        ("one of several, without a name", [OIDCForge.key(1, kid: "a"), OIDCForge.key(2, kid: "b")], nil, "PS512", 2),
        ("without a name for a token with one", [OIDCForge.key(1, kid: nil)], "a", "RS256", 1),
        ("on an Edwards curve", [ed25519, p256], "ed", "EdDSA", 7),
        ("on an elliptic curve", [ed25519, p256], nil, "ES256", 7),
        ("beside one that can't be used", [OIDCForge.key(0, kid: "a"), OIDCForge.key(1, kid: "a")], "a", "RS256", 1),
        (
            "beside ones that can't be read",
            [
                "5", "null", "{}", "{\"kty\":5}", "{\"kty\":\"oct\",\"k\":\"x\"}", "{\"kty\":\"RSA\",\"n\":\"!\"}",
                OIDCForge.key(9, kid: "a", bytes: 128), OIDCForge.key(1, kid: "a"),
            ], "a", "RS256", 1
        ),
    ]

    @Test("the key is found", arguments: accepted)
    func accepts(which: String, keys: [String], kid: String?, alg: String, tag: UInt8) async throws {
        let world = try await OIDCWorld(keys: OIDCForge.keySet(keys))
        #expect(try await world.rejection(token(kid: kid, signedBy: tag, alg: alg)) == nil, "\(which)")
        #expect(await world.http.count(OIDCWorld.keys) == 1)
    }

    static let rejected: [(String, [String], IDTokenRejection)] = [
        ("no key", [], .noKey(keyID: "a")),
        ("only one of another name", [OIDCForge.key(1, kid: "b")], .noKey(keyID: "a")),
        ("one for encryption", [OIDCForge.key(1, kid: "a", use: "enc")], .noKey(keyID: "a")),
        ("one for another algorithm", [OIDCForge.key(1, kid: "a", alg: "RS512")], .noKey(keyID: "a")),
        ("one of another type", [ed25519, p256], .noKey(keyID: "a")),
        ("one of 1024 bits", [OIDCForge.key(1, kid: "a", bytes: 128)], .noKey(keyID: "a")),
        ("one that can't be used", [OIDCForge.key(0, kid: "a")], .noKey(keyID: "a")),
        ("one that did not sign", [OIDCForge.key(2, kid: "a")], .badSignature),
        ("the right one under another name", [OIDCForge.key(2, kid: "a"), OIDCForge.key(1, kid: "b")], .badSignature),
    ]

    @Test("without the key the set is fetched once more, and the token refused", arguments: rejected)
    func rejects(which: String, keys: [String], rejection: IDTokenRejection) async throws {
        let world = try await OIDCWorld(keys: OIDCForge.keySet(keys))
        #expect(try await world.rejection(token(kid: "a", signedBy: 1)) == rejection, "\(which)")
        #expect(await world.http.count(OIDCWorld.keys) == 2)
    }

    @Test("a set that is none is told so", arguments: ["{}", "{\"keys\":{}}", "[]", "<html>"])
    func noSet(body: String) async throws {
        let world = try await OIDCWorld(keys: body)
        await #expect {
            try await world.verify(OIDCForge.token())
        } throws: { error in
            guard case .unintelligible(OIDCWorld.keys, _)? = error as? IdentityProviderError else { return false }
            return true
        }
    }

    @Test("keys that were fetched a moment ago are fetched anew for a key that they lack, past all caches")
    func rotation() async throws {
        let world = try await OIDCWorld()
        #expect(try await world.rejection(token(kid: "k1", signedBy: 1)) == nil)
        await world.http.script(
            OIDCWorld.keys, [.json(OIDCForge.keySet([OIDCForge.key(1, kid: "k1"), OIDCForge.key(2, kid: "k2")]))])
        #expect(try await world.rejection(token(kid: "k2", signedBy: 2)) == nil)
        #expect(try await world.rejection(token(kid: "k1", signedBy: 1)) == nil)
        #expect(await world.http.count(OIDCWorld.keys) == 2)
        let last = try #require(await world.http.requests.last { $0.address == OIDCWorld.keys })
        #expect(last.headers.contains(HTTPHeader("Cache-Control", "no-cache")))
    }

    @Test("a key that was replaced under its old name is found too")
    func replaced() async throws {
        let world = try await OIDCWorld()
        #expect(try await world.rejection(token(kid: "k1", signedBy: 1)) == nil)
        await world.http.script(OIDCWorld.keys, [.json(OIDCForge.keySet([OIDCForge.key(2, kid: "k1")]))])
        #expect(try await world.rejection(token(kid: "k1", signedBy: 2)) == nil)
    }

    @Test("unknown keys fetch the set once in 30 s, and an ordinary fetch does not count")
    func limitedRate() async throws {
        let world = try await OIDCWorld()
        for _ in 0..<5 {
            #expect(try await world.rejection(token(kid: "k2", signedBy: 2)) == .noKey(keyID: "k2"))
        }
        #expect(await world.http.count(OIDCWorld.keys) == 2)
        world.time.advance(29)
        #expect(try await world.rejection(token(kid: "k1", signedBy: 2)) == .badSignature)
        #expect(await world.http.count(OIDCWorld.keys) == 2)
        world.time.advance(1)
        await world.http.script(OIDCWorld.keys, [.json(OIDCForge.keySet([OIDCForge.key(2, kid: "k2")]))])
        #expect(try await world.rejection(token(kid: "k2", signedBy: 2)) == nil)
        #expect(await world.http.count(OIDCWorld.keys) == 3)
    }

    @Test("a clock that was set back does not stop the fetch")
    func clockSetBack() async throws {
        let world = try await OIDCWorld()
        #expect(try await world.rejection(token(kid: "k2", signedBy: 2)) == .noKey(keyID: "k2"))
        world.time.advance(-45)
        await world.http.script(OIDCWorld.keys, [.json(OIDCForge.keySet([OIDCForge.key(2, kid: "k2")]))])
        #expect(try await world.rejection(token(kid: "k2", signedBy: 2)) == nil)
    }

    @Test("kept keys serve when the provider is out; a key that they lack is then an outage, not a refusal")
    func outage() async throws {
        let world = try await OIDCWorld()
        #expect(try await world.rejection(token(kid: "k1", signedBy: 1)) == nil)
        await world.http.script(OIDCWorld.keys, [.json("{}", status: 503)])
        #expect(try await world.rejection(token(kid: "k1", signedBy: 1)) == nil)
        await #expect(throws: IdentityProviderError.outOfOrder(address: OIDCWorld.keys, status: 503)) {
            try await world.verify(token(kid: "k2", signedBy: 2))
        }
    }

    private static let broken: [OIDCScriptedHTTP.Line] = [
        .json("{}", status: 403), .json("", status: 404), .answer(status: 200, headers: [], body: "<html>"),
        .failure(.untrusted(host: "id.example.com", reason: "self-signed")), .unreachable, .json("{}", status: 503),
    ]

    @Test(
        "to a server kept keys serve whatever the provider answers, and it is not asked each time",
        arguments: broken.indices)
    func brokenProvider(index: Int) async throws {
        let world = try await OIDCWorld(standIn: .trouble)
        #expect(try await world.rejection(token(kid: "k1", signedBy: 1)) == nil)
        world.time.advance(25 * 3600)
        await world.http.script(OIDCWorld.discovery, [Self.broken[index]])
        await world.http.script(OIDCWorld.keys, [Self.broken[index]])
        let claims = OIDCForge.claims(["exp": "\(OIDCFakeTime.start.seconds + 100_000)"])
        let later = OIDCForge.token(claims, header: OIDCForge.header(kid: "k1"), signedBy: 1)
        for _ in 1...5 { #expect(try await world.rejection(later) == nil) }
        #expect(await world.http.count(OIDCWorld.keys) == 2)
        #expect(await world.http.count(OIDCWorld.discovery) == 2)
    }

    @Test("a provider that calls itself something else is not stood in for")
    func otherProvider() async throws {
        let world = try await OIDCWorld(standIn: .trouble)
        #expect(try await world.rejection(token(kid: "k1", signedBy: 1)) == nil)
        world.time.advance(25 * 3600)
        await world.http.script(
            OIDCWorld.discovery, [.json(OIDCForge.discovery(["issuer": "\"https://other.example.com\""]))])
        await #expect(throws: IdentityProviderError.self) { try await world.verify(token(kid: "k1", signedBy: 1)) }
    }

    @Test("a token whose key is at hand is decided without asking, others are left to whoever may ask")
    func atHand() async throws {
        let world = try await OIDCWorld()
        #expect(try world.verifyAtHand(token(kid: "k1", signedBy: 1)) == nil)
        #expect(try await world.rejection(token(kid: "k1", signedBy: 1)) == nil)
        #expect(try world.verifyAtHand(token(kid: "k1", signedBy: 1))?.subject == "alice")
        #expect(try world.verifyAtHand(token(kid: "k2", signedBy: 2)) == nil)
        #expect(try world.verifyAtHand(token(kid: "k1", signedBy: 2)) == nil)

        // Now the provider was asked for it, and is left alone.
        #expect(try await world.rejection(token(kid: "k2", signedBy: 2)) == .noKey(keyID: "k2"))
        #expect(throws: IdentityProviderError.rejectedIDToken(.noKey(keyID: "k2"))) {
            try world.verifyAtHand(token(kid: "k2", signedBy: 2))
        }
        #expect(await world.http.count(OIDCWorld.keys) == 2)

        world.time.advance(25 * 3600)
        let claims = OIDCForge.claims(["exp": "\(OIDCFakeTime.start.seconds + 100_000)"])
        let later = OIDCForge.token(claims, header: OIDCForge.header(kid: "k1"), signedBy: 1)
        #expect(try world.verifyAtHand(later) == nil)
        #expect(try world.verifyAtHand(later, orStale: true)?.subject == "alice")
        #expect(try world.verifyAtHand(token(kid: "k2", signedBy: 2), orStale: true) == nil)
    }
}
