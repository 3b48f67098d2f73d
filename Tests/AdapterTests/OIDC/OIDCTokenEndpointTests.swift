import Domain
import OIDC
import Ports
import Testing

@Suite struct OIDCTokenEndpointTests {
    private static let good =
        "{\"access_token\":\"AT\",\"token_type\":\"Bearer\",\"refresh_token\":\"RT2\",\"id_token\":\"IT\","
        + "\"expires_in\":3600,\"refresh_expires_in\":7200}"

    private func refresh(_ line: OIDCScriptedHTTP.Line) async throws -> Result<TokenGrant, IdentityProviderError> {
        let world = try await OIDCWorld()
        await world.http.script(OIDCWorld.token, [line])
        return await Self.result { () async throws(IdentityProviderError) in
            try await world.provider.refresh(Secret("RT1"), by: world.deadline())
        }
    }

    private static func result(_ body: () async throws(IdentityProviderError) -> TokenGrant) async
        -> Result<TokenGrant, IdentityProviderError>
    {
        do throws(IdentityProviderError) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }

    private static func redeem(_ world: OIDCWorld) async -> Result<TokenGrant, IdentityProviderError> {
        await result { () async throws(IdentityProviderError) in
            try await world.provider.redeem(
                code: Secret("C+1/ ä"), verifier: Secret("V1"), redirectURI: "http://localhost:49152",
                by: world.deadline())
        }
    }

    @Test("a code is redeemed by a form in the body, as a public client")
    func redeems() async throws {
        let world = try await OIDCWorld()
        await world.http.script(OIDCWorld.token, [.json(Self.good)])
        let grant = try await Self.redeem(world).get()
        #expect(grant.accessToken == Secret("AT"))
        #expect(grant.refreshToken == Secret("RT2"))
        #expect(grant.idToken == Secret("IT"))
        #expect(grant.expiresIn == 3600)
        #expect(grant.refreshExpiresIn == 7200)
        #expect(
            await world.http.form(OIDCWorld.token) == [
                "grant_type": "authorization_code", "code": "C+1/ ä", "redirect_uri": "http://localhost:49152",
                "client_id": "xyz", "code_verifier": "V1",
            ])
        let request = try #require(await world.http.requests.last)
        #expect(request.headers.contains(HTTPHeader("Content-Type", "application/x-www-form-urlencoded")))
        #expect(request.headers.contains(HTTPHeader("Accept", "application/json")))
        #expect(!request.headers.contains { $0.name == "Authorization" })
    }

    @Test("a refresh token is sent by a form in the body, as a public client")
    func refreshes() async throws {
        let world = try await OIDCWorld()
        await world.http.script(OIDCWorld.token, [.json(Self.good)])
        _ = try await world.provider.refresh(Secret("RT1"), by: world.deadline())
        #expect(
            await world.http.form(OIDCWorld.token) == [
                "grant_type": "refresh_token", "refresh_token": "RT1", "client_id": "xyz",
            ])
    }

    @Test(
        "what need not be there, or is odd, counts as absent",
        arguments: [
            ("\"token_type\":\"bearer\"", nil), ("\"token_type\":\"BEARER\",\"expires_in\":\"3600\"", 3600),
            ("\"token_type\":\"Bearer\",\"expires_in\":3600.9", 3600),
            ("\"token_type\":\"Bearer\",\"expires_in\":null,\"id_token\":null", nil),
            ("\"token_type\":\"Bearer\",\"expires_in\":\"soon\",\"refresh_token\":\"\"", nil),
            ("\"token_type\":\"Bearer\",\"expires_in\":{},\"id_token\":\"\",\"refresh_token\":[]", nil),
            ("\"token_type\":\"Bearer\",\"expires_in\":0,\"refresh_expires_in\":0", nil),
            ("\"token_type\":\"Bearer\",\"expires_in\":-5,\"error\":null", nil),
            ("\"token_type\":\"Bearer\",\"expires_in\":1e300,\"error\":\"\"", nil),
        ] as [(String, Int64?)])
    func lenient(members: String, life: Int64?) async throws {
        let grant = try await refresh(.json("{\"access_token\":\"AT\",\(members)}")).get()
        #expect(grant.expiresIn == life)
        #expect(grant.refreshExpiresIn == nil)
        #expect(grant.idToken == nil)
        #expect(grant.refreshToken == nil)
    }

    static let refusals: [(OIDCScriptedHTTP.Line, String, String?)] = [
        (.json("{\"error\":\"invalid_grant\"}", status: 400), "invalid_grant", nil),
        (.json("{\"error\":\"invalid_grant\",\"error_description\":\"over\"}", status: 400), "invalid_grant", "over"),
        (.json("{\"error\":\"invalid_client\",\"error_description\":5}", status: 401), "invalid_client", nil),
        (.json("{\"error\":\"access_denied\"}", status: 403), "access_denied", nil),
        (.json("{\"error\":\"invalid_grant\"}", status: 200), "invalid_grant", nil),
        (
            .json("{\"error\":\"invalid_grant\",\"error_description\":\"RT1 is unknown\"}", status: 400),
            "invalid_grant", "<redacted> is unknown"
        ),
    ]

    @Test("an OAuth error is a refusal, not tried again; a secret in it is not passed on", arguments: refusals)
    func refused(line: OIDCScriptedHTTP.Line, code: String, explanation: String?) async throws {
        #expect(try await refresh(line) == .failure(.refused(code: code, explanation: explanation)))
    }

    static let unintelligible: [(OIDCScriptedHTTP.Line, String)] = [
        (.answer(status: 400, headers: [], body: "<html>"), "400 with an HTML page"),
        (.json("{\"message\":\"x\"}", status: 400), "400 with JSON that does not belong"),
        (.json("{\"error\":{\"code\":1}}", status: 400), "400 with JSON"),
        (.answer(status: 307, headers: [HTTPHeader("Location", "https://b/")], body: ""), "redirect to https://b/"),
        (.json(good, status: 302), "redirect"), (.json("{}"), "it has no access_token"),
        (.json("{\"access_token\":\"AT\"}"), "it has no token_type"),
        (.json("{\"access_token\":\"AT\",\"token_type\":\"mac\"}"), "its token_type is \"mac\""),
        (.json("{\"access_token\":7,\"token_type\":\"Bearer\"}"), "its access_token has the wrong type"),
        (.json("AT"), "it is no JSON"),
    ]

    @Test("anything else is unintelligible, and says why", arguments: unintelligible)
    func garbage(line: OIDCScriptedHTTP.Line, reason: String) async throws {
        guard case .failure(.unintelligible(OIDCWorld.token, let said)) = try await refresh(line) else {
            Issue.record("it was taken")
            return
        }
        #expect(said.contains(reason))
        #expect(!said.contains("AT"))
    }

    @Test("a refresh token is sent again where it was not taken: no connection, 429, 5xx")
    func refreshRetries() async throws {
        let world = try await OIDCWorld()
        await world.http.script(
            OIDCWorld.token,
            [.unreachable, .json("{}", status: 429), .json("{}", status: 502), .json(Self.good)])
        _ = try await world.provider.refresh(Secret("RT1"), by: world.deadline(in: 60))
        #expect(await world.http.count(OIDCWorld.token) == 4)
        #expect(world.time.sleeps.count == 3)
    }

    static let doubtful: [OIDCScriptedHTTP.Line] = [.broken, .silence]

    @Test(
        "a refresh token that may have been taken is not sent again, nor called as good as before", arguments: doubtful)
    func refreshOnce(line: OIDCScriptedHTTP.Line) async throws {
        let world = try await OIDCWorld()
        await world.http.script(OIDCWorld.token, [.unreachable, line, .json(Self.good)])
        let error = await #expect(throws: IdentityProviderError.self) {
            try await world.provider.refresh(Secret("RT1"), by: world.deadline(in: 60))
        }
        #expect(error?.leavesRefreshToken == false)
        #expect(await world.http.count(OIDCWorld.token) == 2)
    }

    @Test("one that was never taken is as good as before", arguments: [429, 500, 502, 503, 504, nil] as [Int?])
    func refreshLeft(status: Int?) async throws {
        let world = try await OIDCWorld()
        let line = status.map { OIDCScriptedHTTP.Line.json("{}", status: $0) } ?? .unreachable
        await world.http.script(OIDCWorld.token, [line])
        let error = await #expect(throws: IdentityProviderError.self) {
            try await world.provider.refresh(Secret("RT1"), by: world.deadline(in: 60))
        }
        #expect(error?.leavesRefreshToken == true)
    }

    @Test("what is said of the last try holds for all of them")
    func earlierTries() async throws {
        let world = try await OIDCWorld()
        await world.http.script(OIDCWorld.discovery, [.broken, .unreachable])
        let error = await #expect(throws: IdentityProviderError.self) {
            try await world.provider.metadata(by: world.deadline(in: 60))
        }
        #expect(
            error == .http(.unreachable(host: "id.example.com", reason: "no route", requestMayHaveArrived: true)))
    }

    @Test("who waits is told after five tries that nobody answers, however far the deadline is")
    func triesEnd() async throws {
        let world = try await OIDCWorld()
        await world.http.script(OIDCWorld.token, Array(repeating: .unreachable, count: 5) + [.json(Self.good)])
        await #expect(throws: IdentityProviderError.self) {
            try await world.provider.refresh(Secret("RT1"), by: world.deadline(in: 60))
        }
        #expect(await world.http.count(OIDCWorld.token) == 5)
    }

    @Test("Retry-After is obeyed, and where it lies past the deadline the wait is not begun")
    func retryAfter() async throws {
        let world = try await OIDCWorld()
        let wait = [HTTPHeader("retry-after", "20")]
        await world.http.script(OIDCWorld.token, [.json("{}", status: 429, headers: wait), .json(Self.good)])
        _ = try await world.provider.refresh(Secret("RT1"), by: world.deadline(in: 60))
        #expect(world.time.sleeps.allSatisfy { $0 >= 20 } && world.time.sleeps.count == 1)

        await world.http.script(OIDCWorld.token, [.json("{}", status: 503, headers: wait), .json(Self.good)])
        await #expect(throws: IdentityProviderError.outOfOrder(address: OIDCWorld.token, status: 503)) {
            try await world.provider.refresh(Secret("RT1"), by: world.deadline(in: 19))
        }
        #expect(world.time.sleeps.count == 1)
    }

    @Test(
        "a request that spends a token has its whole 15 s once it is sent; the deadline counts for reaching the provider"
    )
    func spendingTimeouts() async throws {
        let world = try await OIDCWorld()
        _ = try await world.provider.metadata(by: world.deadline())
        await world.http.script(OIDCWorld.token, [.unreachable])
        await #expect(throws: IdentityProviderError.self) {
            try await world.provider.refresh(Secret("RT1"), by: world.deadline(in: 20))
        }
        let requests = await world.http.requests.filter { $0.address == OIDCWorld.token }
        #expect(requests.count > 1 && requests.allSatisfy { $0.timeout == 15 })
        #expect(requests.first?.connectTimeout == 20)
        #expect(try #require(requests.last?.connectTimeout) < 20)
    }

    @Test("any other request's time-out is 15 s, or what the deadline leaves")
    func timeouts() async throws {
        let world = try await OIDCWorld()
        await world.http.script(OIDCWorld.discovery, [.silence])
        await #expect(throws: IdentityProviderError.self) {
            try await world.provider.metadata(by: world.deadline(in: 20))
        }
        let timeouts = await world.http.requests.map(\.timeout)
        #expect(timeouts.first == 15)
        #expect(timeouts.count == 2 && timeouts.reduce(0, +) <= 20)
    }

    @Test(
        "what may not pass is not tried again",
        arguments: [
            .untrusted(host: "h", reason: "r"), .tooLarge(host: "h", limit: 1), .badAddress("a", reason: "r"),
            .unavailable(reason: "r"), .cancelled,
        ] as [HTTPFailure])
    func final(failure: HTTPFailure) async throws {
        let world = try await OIDCWorld()
        await world.http.script(OIDCWorld.token, [.failure(failure), .json(Self.good)])
        await #expect(throws: IdentityProviderError.http(failure)) {
            try await world.provider.refresh(Secret("RT1"), by: world.deadline())
        }
    }

    static let onceOnly: [OIDCScriptedHTTP.Line] = [
        .broken, .silence, .json("{}", status: 500), .json("{}", status: 429),
    ]

    @Test("a code that may have arrived is not sent again", arguments: onceOnly)
    func codeOnce(line: OIDCScriptedHTTP.Line) async throws {
        let world = try await OIDCWorld()
        await world.http.script(OIDCWorld.token, [line, .json(Self.good)])
        guard case .failure = await Self.redeem(world) else {
            Issue.record("it was sent again")
            return
        }
        #expect(await world.http.count(OIDCWorld.token) == 1)
    }

    @Test("a code that was never sent is sent again")
    func codeUnsent() async throws {
        let world = try await OIDCWorld()
        await world.http.script(OIDCWorld.token, [.unreachable, .unreachable, .json(Self.good)])
        #expect(try await Self.redeem(world).get().accessToken == Secret("AT"))
    }

    @Test("a cancelled task stops trying, and a token that was not taken is as good as before")
    func cancelled() async throws {
        let world = try await OIDCWorld()
        _ = try await world.provider.metadata(by: world.deadline())
        await world.http.script(OIDCWorld.token, [.unreachable])
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await Self.result { () async throws(IdentityProviderError) in
                try await world.provider.refresh(Secret("RT1"), by: world.deadline())
            }
        }
        guard case .failure(let error) = await task.value else {
            Issue.record("it went on")
            return
        }
        #expect(error.leavesRefreshToken)
        #expect(await world.http.count(OIDCWorld.token) == 1)
    }
}
