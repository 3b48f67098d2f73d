import Domain
import OIDC
import Ports
import Testing

@Suite struct OIDCIntrospectionTests {
    private func status(_ line: OIDCScriptedHTTP.Line) async throws -> RefreshTokenStatus {
        let world = try await OIDCWorld()
        await world.http.script(OIDCWorld.introspection, [line, .json("{\"active\":true}")])
        return try await world.provider.status(ofRefreshToken: Secret("RT1"), by: world.deadline())
    }

    @Test("the token is asked for as a public client asks")
    func form() async throws {
        let world = try await OIDCWorld()
        await world.http.script(OIDCWorld.introspection, [.json("{\"active\":true}")])
        _ = try await world.provider.status(ofRefreshToken: Secret("RT1"), by: world.deadline())
        #expect(
            await world.http.form(OIDCWorld.introspection) == [
                "token": "RT1", "token_type_hint": "refresh_token", "client_id": "xyz",
            ])
    }

    @Test(
        "active, inactive and an expiry that is not told are three things",
        arguments: [
            ("{\"active\":true,\"exp\":1700003600}", .active(expiry: Timestamp(seconds: 1_700_003_600))),
            ("{\"active\":true,\"exp\":\"1700003600\"}", .active(expiry: Timestamp(seconds: 1_700_003_600))),
            ("{\"active\":true}", .active(expiry: nil)), ("{\"active\":true,\"exp\":null}", .active(expiry: nil)),
            ("{\"active\":true,\"exp\":0}", .active(expiry: nil)), ("{\"active\":false}", .inactive),
            ("{\"active\":false,\"exp\":1700003600}", .inactive),
        ] as [(String, RefreshTokenStatus)])
    func told(body: String, wanted: RefreshTokenStatus) async throws {
        #expect(try await status(.json(body)) == wanted)
    }

    @Test("a provider that does not tell public clients is no error", arguments: [400, 401, 403, 404, 405, 302])
    func untold(code: Int) async throws {
        guard case .unknown(let reason) = try await status(.json("{\"error\":\"invalid_client\"}", status: code)) else {
            Issue.record("an answer of \(code) told something")
            return
        }
        #expect(reason.contains("\(code)"))
    }

    @Test("without an endpoint nobody is asked")
    func noEndpoint() async throws {
        let world = try await OIDCWorld()
        let document = OIDCForge.discovery(["introspection_endpoint": nil])
        await world.http.script(OIDCWorld.discovery, [.json(document)])
        guard case .unknown = try await world.provider.status(ofRefreshToken: Secret("RT1"), by: world.deadline())
        else {
            Issue.record("somebody told something")
            return
        }
        #expect(await world.http.requests.count == 1)
    }

    static let failures: [(OIDCScriptedHTTP.Line, IdentityProviderError)] = [
        (
            .unreachable,
            .http(.unreachable(host: "id.example.com", reason: "no route", requestMayHaveArrived: false))
        ),
        (.json("{}", status: 503), .outOfOrder(address: OIDCWorld.introspection, status: 503)),
        (.json("{}"), .unintelligible(address: OIDCWorld.introspection, reason: "it has no active")),
        (
            .json("{\"active\":\"true\"}"),
            .unintelligible(address: OIDCWorld.introspection, reason: "its active has the wrong type")
        ),
    ]

    @Test("an outage or garbage is an error, and is not asked again", arguments: failures)
    func fails(line: OIDCScriptedHTTP.Line, error: IdentityProviderError) async throws {
        await #expect(throws: error) { try await status(line) }
    }
}
