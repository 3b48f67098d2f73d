import Domain
import OIDC
import Ports
import Testing

@Suite struct OIDCRevocationTests {
    private static let address = "https://id.example.com/revoke"

    private func world(_ line: OIDCScriptedHTTP.Line) async throws -> OIDCWorld {
        let world = try await OIDCWorld()
        let document = OIDCForge.discovery(["revocation_endpoint": "\"\(Self.address)\""])
        await world.http.script(OIDCWorld.discovery, [.json(document)])
        await world.http.script(Self.address, [line])
        return world
    }

    @Test("a token is revoked as a public client does it")
    func form() async throws {
        let world = try await world(.json(""))
        #expect(
            try await world.provider.revoke(Secret("RT1"), .refreshToken, by: world.deadline()) == .revoked)
        #expect(
            await world.http.form(Self.address) == [
                "token": "RT1", "token_type_hint": "refresh_token", "client_id": "xyz",
            ])
    }

    @Test("a provider that does not revoke such tokens is no error")
    func unsupported() async throws {
        let world = try await world(.json("{\"error\":\"unsupported_token_type\"}", status: 400))
        #expect(
            try await world.provider.revoke(Secret("AT1"), .accessToken, by: world.deadline())
                == .unsupported(reason: "it does not revoke tokens of this type"))
    }

    @Test("any other refusal is an error that does not quote the provider")
    func refused() async throws {
        let world = try await world(
            .json("{\"error\":\"invalid_client\",\"error_description\":\"RT1\"}", status: 401))
        await #expect(throws: IdentityProviderError.refused(code: "invalid_client", explanation: nil)) {
            try await world.provider.revoke(Secret("RT1"), .refreshToken, by: world.deadline())
        }
    }
}
