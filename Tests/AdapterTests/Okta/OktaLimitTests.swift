import Domain
import Okta
import OpenSSL
import Ports
import Testing

/// What an org says of its rate limit and of proofs, in words of its own choice.
struct OktaLimitTests {
    private static let org = "https://acme.okta.example"
    private static let token = org + "/oauth2/v1/token"
    private static let apps = org + "/api/v1/apps?filter=user.id%20eq%20%22ada%22&limit=200"
    private static let key = try? SigningKey.generate(.rsa(bits: 2048))

    private let time = OIDCFakeTime()

    private func world() async throws -> (OktaDirectory, OIDCScriptedHTTP) {
        let http = OIDCScriptedHTTP(time)
        await http.script(Self.token, [.json("{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":3600}")])
        await http.script(Self.apps, [.json("[{\"id\":\"0oa1\",\"status\":\"ACTIVE\"}]")])
        let cryptography = OpenSSLCryptography()
        let directory = OktaDirectory(
            settings: OktaSettings(
                issuer: try Issuer(Self.org + "/oauth2/default"), clientID: try ClientID("0oaservice"),
                signer: try #require(Self.key), keyID: nil),
            proofKey: try SigningKey.generate(.ellipticCurve(.p256)), http: http, time: time, random: cryptography,
            digester: cryptography)
        return (directory, http)
    }

    private var ada: IDTokenClaims {
        var claims = IDTokenClaims()
        claims.subject = "ada"
        return claims
    }

    private static let reset = String(OIDCFakeTime.start.seconds + 40)
    private static let fields: [[HTTPHeader]] = [
        [HTTPHeader("X-Rate-Limit-Remaining", "0"), HTTPHeader("X-Rate-Limit-Reset", reset)],
        [HTTPHeader("X-Rate-Limit-Reset", reset)], [HTTPHeader("Retry-After", "40")],
    ]

    @Test(
        "after a 429 at either address nothing is asked until the limit's window ends", arguments: [token, apps], fields
    )
    func limited(address: String, fields: [HTTPHeader]) async throws {
        let (directory, http) = try await world()
        await http.script(address, [.json("{}", status: 429, headers: fields)])
        var waits: [Int] = []
        for _ in 1...5 {
            let error = await #expect(throws: PersonDirectoryError.self) { try await directory.clients(of: ada) }
            #expect("\(String(describing: error))".contains("rate limit"))
            if case .notNow(_, let seconds)? = error { waits.append(seconds) }
            time.advance(5)
        }
        #expect(await http.count(address) == 1)
        #expect(waits.count == 5 && waits.first.map { (40...41).contains($0) } == true, "\(waits)")
        await http.script(Self.token, [.json("{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":3600}")])
        await http.script(Self.apps, [.json("[{\"id\":\"0oa1\",\"status\":\"ACTIVE\"}]")])
        time.advance(20)
        #expect(try await directory.clients(of: ada) == [ClientID("0oa1")])
        #expect(await directory.requests == http.requests.count, "what was held back is not counted")
    }

    @Test("an org that is out of order is left alone for as long as it asks for", arguments: [token, apps])
    func outOfOrder(address: String) async throws {
        let (directory, http) = try await world()
        await http.script(address, [.json("{}", status: 503, headers: [HTTPHeader("Retry-After", "40")])])
        for _ in 1...3 {
            await #expect(throws: PersonDirectoryError.self) { try await directory.clients(of: ada) }
            time.advance(5)
        }
        #expect(await http.count(address) == 1)
    }

    @Test(
        "a person that the org does not have, or whose id is none, is not the org's trouble",
        arguments: [(404, "E0000007", true), (400, "E0000031", true), (404, "", false), (403, "E0000006", false)])
    func onePerson(status: Int, code: String, isOnePerson: Bool) async throws {
        let (directory, http) = try await world()
        await http.script(Self.apps, [.json("{\"errorCode\":\"\(code)\",\"errorSummary\":\"why\"}", status: status)])
        let error = await #expect(throws: PersonDirectoryError.self) { try await directory.clients(of: ada) }
        switch error {
        case .notThisPerson(let reason)?: #expect(isOnePerson && reason.contains(code) && reason.contains("why"))
        default: #expect(!isOnePerson)
        }
        #expect(await http.count(Self.apps) == 1)
    }

    @Test("an org that does not answer is asked twice, for ten seconds in all")
    func silent() async throws {
        let (directory, http) = try await world()
        await http.script(Self.apps, [.silence])
        let before = time.uptime()
        await #expect(throws: PersonDirectoryError.self) { try await directory.clients(of: ada) }
        #expect(await http.count(Self.apps) == 2)
        #expect(time.uptime() - before <= 10)
    }

    @Test("a token that uses up the limit is used all the same")
    func lastToken() async throws {
        let (directory, http) = try await world()
        await http.script(
            Self.token,
            [
                .json(
                    "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":3600}", headers: Self.fields[0])
            ])
        #expect(try await directory.clients(of: ada) == [ClientID("0oa1")])
    }

    @Test("the nonce that the apps' address asks for is in the next proof, and the token is kept")
    func nonce() async throws {
        let (directory, http) = try await world()
        await http.script(Self.token, [.json("{\"access_token\":\"a\",\"token_type\":\"DPoP\",\"expires_in\":3600}")])
        await http.script(
            Self.apps,
            [
                .json("{}", status: 401, headers: [HTTPHeader("DPoP-Nonce", "repeat-me")]),
                .json("[{\"id\":\"0oa1\",\"status\":\"ACTIVE\"}]"),
            ])
        #expect(try await directory.clients(of: ada) == [ClientID("0oa1")])
        #expect(await http.count(Self.token) == 1)
        let proofs = await http.requests.filter { $0.address == Self.apps }.map { request in
            request.headers.first { $0.name == "DPoP" }.map { Self.claims(of: $0.value) } ?? ""
        }
        #expect(proofs.count == 2)
        #expect(proofs.first?.contains("nonce") == false)
        #expect(proofs.last?.contains("\"nonce\":\"repeat-me\"") == true)
        #expect(proofs.allSatisfy { $0.contains("\"ath\":") })
    }

    private static func claims(of proof: String) -> String {
        let parts = proof.split(separator: ".")
        return parts.count == 3 ? String(decoding: Base64URL.decode(parts[1]) ?? [], as: UTF8.self) : ""
    }
}
