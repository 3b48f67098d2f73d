import Curl
import Domain
import Host
import Okta
import OpenSSL
import Ports
import StandIns
import Testing

/// The directory against an org over real HTTP.
struct OktaDirectoryTests {
    private static let key = try? SigningKey.generate(.rsa(bits: 2048))

    private func play(
        _ change: (inout StandInIdentityProvider.Okta) -> Void = { _ in },
        _ body: (OktaDirectory, StandInIdentityProvider) async throws -> Void
    ) async throws {
        let key = try #require(Self.key)
        let provider = try await StandInIdentityProvider.start()
        var okta = StandInIdentityProvider.Okta(key: key.publicParameters, apps: ["ada": ["0oa1", "0oa2", "0oa3"]])
        change(&okta)
        provider.change { $0.okta = okta }
        let cryptography = OpenSSLCryptography()
        let directory = OktaDirectory(
            settings: OktaSettings(
                issuer: try Issuer(provider.issuer + "/oauth2/default"), clientID: try ClientID("0oaservice"),
                signer: key, keyID: nil),
            proofKey: try SigningKey.generate(.ellipticCurve(.p256)),
            http: CurlHTTPClient(CurlSettings(certificateBundle: nil, userAgent: "test")), time: HostClock(),
            random: cryptography, digester: cryptography)
        let result: Result<Void, any Error>
        do { result = .success(try await body(directory, provider)) } catch { result = .failure(error) }
        await provider.stop()
        try result.get()
    }

    private func person(_ subject: String) -> IDTokenClaims {
        var claims = IDTokenClaims()
        claims.subject = subject
        return claims
    }

    private func ids(_ clients: Set<ClientID>) -> [String] { clients.map(\.text).sorted() }

    @Test("a person's apps are read page by page, with one token; apps that are turned off are left out")
    func pages() async throws {
        try await play({ okta in
            okta.pageSize = 2
            okta.apps["ada"] = (1...7).map { "0oa\($0)" } + ["not a client id"]
            okta.inactiveApps = ["0oa4"]
        }) { directory, provider in
            let found = try await directory.clients(of: person("ada"))
            #expect(ids(found) == ["0oa1", "0oa2", "0oa3", "0oa5", "0oa6", "0oa7"])
            let nobodys = try await directory.clients(of: person("nobody"))
            #expect(nobodys.isEmpty)
            #expect(provider.log.count(.serviceToken) == 1)
            #expect(provider.log.count(.apps) == 5)
        }
    }

    @Test("an org that demands proof of possession gets it, nonce and all")
    func proof() async throws {
        try await play({ $0.demandsProof = true }) { directory, provider in
            let found = try await directory.clients(of: person("ada"))
            #expect(ids(found) == ["0oa1", "0oa2", "0oa3"])
            #expect(provider.log.count(.serviceToken) == 3)
        }
    }

    @Test("a token that the org takes no more is replaced once")
    func revoked() async throws {
        try await play { directory, provider in
            _ = try await directory.clients(of: person("ada"))
            provider.change { $0.faults[.apps] = [.status(code: 401, times: 1)] }
            let found = try await directory.clients(of: person("ada"))
            #expect(ids(found) == ["0oa1", "0oa2", "0oa3"])
            #expect(provider.log.count(.serviceToken) == 2)
        }
    }

    @Test("an org at its rate limit is left alone until the limit's window ends")
    func rateLimit() async throws {
        try await play({ $0.remaining = 0 }) { directory, provider in
            _ = try await directory.clients(of: person("ada"))
            for _ in 1...3 {
                let error = await #expect(throws: PersonDirectoryError.self) {
                    try await directory.clients(of: person("ada"))
                }
                #expect("\(String(describing: error))".contains("rate limit"))
            }
            #expect(provider.log.count(.apps) == 1)
        }
    }

    @Test("an error that passes is tried again, one that stays is told")
    func outOfOrder() async throws {
        try await play { directory, provider in
            provider.change { $0.faults[.apps] = [.status(code: 503, times: 1)] }
            let found = try await directory.clients(of: person("ada"))
            #expect(ids(found) == ["0oa1", "0oa2", "0oa3"])
            provider.change { $0.faults[.apps] = [.status(code: 503)] }
            let before = provider.log.count(.apps)
            await #expect(throws: PersonDirectoryError.self) { try await directory.clients(of: person("ada")) }
            #expect(provider.log.count(.apps) == before + 2)
        }
    }

    @Test("the token goes to no other host, whatever a page says")
    func strayPage() async throws {
        try await play({ okta in
            okta.pageSize = 1
            okta.strayPage = "http://localhost:1/api/v1/apps"
        }) { directory, _ in
            let error = await #expect(throws: PersonDirectoryError.self) {
                try await directory.clients(of: person("ada"))
            }
            #expect("\(String(describing: error))".contains("not its own"))
        }
    }

    @Test("an org that does not know us says so, without a secret", arguments: ["0oaother"])
    func refused(clientID: String) async throws {
        try await play({ $0.serviceClientID = clientID }) { directory, _ in
            let error = await #expect(throws: PersonDirectoryError.self) {
                try await directory.clients(of: person("ada"))
            }
            #expect("\(String(describing: error))".contains("invalid_client"))
        }
    }

    @Test(
        "a subject that would mean something in a filter is not asked for", arguments: ["a\" or \"1", "", "a\\b", "é"])
    func strangeSubject(subject: String) async throws {
        try await play { directory, provider in
            let error = await #expect(throws: PersonDirectoryError.self) {
                try await directory.clients(of: person(subject))
            }
            if case .notThisPerson? = error {} else { Issue.record("\(String(describing: error))") }
            #expect(provider.log.count(.apps) == 0)
        }
    }
}
