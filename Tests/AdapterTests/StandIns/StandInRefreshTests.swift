import StandIns
import Testing

@Suite("The stand-in provider's refresh tokens")
struct StandInRefreshTests {
    typealias Settings = StandInIdentityProvider.Settings

    private func settings(_ rotation: StandInIdentityProvider.Rotation) -> Settings {
        var settings = Settings()
        settings.rotation = rotation
        return settings
    }

    @Test(
        "Without rotation one refresh token goes on", arguments: [StandInIdentityProvider.Rotation.off, .offAndUnnamed])
    func off(rotation: StandInIdentityProvider.Rotation) async throws {
        try await withProvider(settings(rotation)) { _, visitor in
            let token = try await visitor.signIn().member("refresh_token")
            for _ in 1...2 {
                let answer = try await visitor.refresh(token)
                #expect(answer.status == 200)
                #expect(answer.member("refresh_token") == (rotation == .off ? token : ""))
            }
        }
    }

    @Test("With rotation the old one is refused, and the new one goes on")
    func rotates() async throws {
        try await withProvider(settings(.on)) { _, visitor in
            let first = try await visitor.signIn().member("refresh_token")
            let second = try await visitor.refresh(first).member("refresh_token")
            #expect(second != first)
            #expect(try await visitor.refresh(first).member("error") == "invalid_grant")
            #expect(try await visitor.refresh(second).status == 200)
        }
    }

    @Test("With reuse detection one reuse ends the session, the newest token and all")
    func reuse() async throws {
        try await withProvider(settings(.onWithReuseDetection)) { _, visitor in
            let first = try await visitor.signIn().member("refresh_token")
            let second = try await visitor.refresh(first).member("refresh_token")
            let other = try await visitor.signIn().member("refresh_token")
            #expect(try await visitor.refresh(first).member("error") == "invalid_grant")
            #expect(try await visitor.refresh(second).member("error") == "invalid_grant")
            #expect(try await visitor.refresh(other).status == 200)
        }
    }

    @Test("Within the grace a rotated token is taken once more")
    func grace() async throws {
        var settings = settings(.onWithReuseDetection)
        settings.rotationGrace = 30
        try await withProvider(settings) { provider, visitor in
            let first = try await visitor.signIn().member("refresh_token")
            _ = try await visitor.refresh(first)
            #expect(try await visitor.refresh(first).status == 200)
            provider.change { $0.clockOffset = 31 }
            #expect(try await visitor.refresh(first).member("error") == "invalid_grant")
        }
    }

    @Test("A refresh token ends with its life")
    func expires() async throws {
        var settings = settings(.off)
        settings.refreshTokenLife = 100
        try await withProvider(settings) { provider, visitor in
            let token = try await visitor.signIn().member("refresh_token")
            provider.change { $0.clockOffset = 90 }
            #expect(try await visitor.refresh(token).status == 200)
            provider.change { $0.clockOffset = 101 }
            #expect(try await visitor.refresh(token).member("error") == "invalid_grant")
        }
    }

    @Test("A refresh answers no id_token where it is told not to")
    func withoutIDToken() async throws {
        var settings = settings(.on)
        settings.refreshAnswersIDToken = false
        try await withProvider(settings) { _, visitor in
            let answer = try await visitor.refresh(try await visitor.signIn().member("refresh_token"))
            #expect(answer.status == 200)
            #expect(answer.json["id_token"] == nil)
        }
    }

    @Test("Introspection knows a live token by its expiry, and a used or revoked one not at all")
    func introspects() async throws {
        try await withProvider(settings(.on)) { provider, visitor in
            let first = try await visitor.signIn().member("refresh_token")
            let live = try await visitor.introspect(first).json
            #expect(live["active"] == true)
            #expect((live["exp"]?.integer ?? 0) > 0)
            let second = try await visitor.refresh(first).member("refresh_token")
            #expect(try await visitor.introspect(first).json == ["active": false])
            #expect(try await visitor.introspect(second).json["active"] == true)
            let form = FormFields([("token", second), ("client_id", provider.settings.clientID)])
            #expect(try await LoopbackHTTP.post(form, to: provider.issuer + "/revoke").status == 200)
            #expect(try await visitor.introspect(second).json == ["active": false])
            #expect(try await visitor.refresh(second).member("error") == "invalid_grant")
        }
    }

    @Test("Introspection refuses public clients where it is told to")
    func introspectionRefuses() async throws {
        try await withProvider { provider, visitor in
            provider.change { $0.introspectsForPublicClients = false }
            let answer = try await visitor.introspect("any")
            #expect(answer.status == 401)
        }
    }
}
