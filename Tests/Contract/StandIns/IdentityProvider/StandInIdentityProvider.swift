package import Domain
import OpenSSL

/// An OpenID Connect provider on this machine's loopback, over real HTTP, that does as it is told.
///
/// It keeps the rules that a strict provider keeps (PKCE, a code once, redirect URIs of the registered form, rotation
/// of refresh tokens), breaks those that its settings name, and counts what it is asked.
package final class StandInIdentityProvider: Sendable {
    let desk: FrontDesk<Settings>
    let ledger = Locked(SignInLedger())
    let keys = SigningKeys()
    let cryptography = OpenSSLCryptography()

    /// Starts one.
    package static func start(_ settings: Settings = Settings()) async throws -> StandInIdentityProvider {
        let provider = StandInIdentityProvider(settings)
        let server = try await LoopbackServer.start(port: settings.port) { port in
            provider.address.with { $0 = "http://\(settings.hostName):\(port)" }
            return { await provider.answer($0) }
        }
        provider.server.with { $0 = server }
        return provider
    }

    /// The issuer: `http://127.0.0.1:PORT`, or localhost by the setting `hostName`.
    package var issuer: String { address.with { $0 } }

    /// The address of its settings (GET, POST) and, with `/log`, of its log (GET, DELETE).
    package var controlAddress: String { issuer + "/control" }

    /// The settings as they are now, faults that happened taken off.
    package var settings: Settings { desk.settings }

    /// Every request so far.
    package var log: RequestLog { desk.log }

    /// Changes settings while it runs; `port` and `hostName` stay as they were at the start.
    package func change(_ body: (inout Settings) -> Void) {
        desk.change(body)
    }

    /// Lays a JSON object over the settings, as POST /control does.
    package func patch(_ json: String) throws {
        try desk.patch(JSONValue(json: json))
    }

    /// Forgets the requests so far.
    package func resetLog() {
        desk.resetLog()
    }

    /// Takes a new signing key into use now; the one before stays published while `publishesPreviousKey`.
    package func rotateKeys() {
        desk.change { $0.keyGeneration += 1 }
    }

    /// Ends every sign-in: each refresh token is `invalid_grant` from now on.
    package func endSessions() {
        ledger.with { $0.endAllSessions() }
    }

    /// Returns once so many requests have come to an endpoint since the log was reset.
    package func waitForRequests(_ count: Int = 1, at endpoint: RequestLog.Endpoint) async throws {
        try await desk.waitForRequests(count, at: endpoint)
    }

    /// The keys that it publishes.
    package var publishedKeys: [JSONWebKey] {
        get throws { try keys.published(desk.settings) }
    }

    /// Closes every socket.
    package func stop() async {
        await server.with { $0 }?.stop()
    }

    private let address = Locked("")
    private let server: Locked<LoopbackServer?> = Locked(nil)

    private init(_ settings: Settings) {
        desk = FrontDesk(settings)
    }
}

extension StandInIdentityProvider {
    private func answer(_ request: StandInRequest) async -> StandInAnswer {
        let endpoint = endpoint(of: request)
        let grantType = endpoint == .token ? request.form?["grant_type"].map(Self.knownGrantType) : nil
        return await desk.answer(
            request, at: endpoint, grantType: grantType,
            refusal: { OAuthRefusal(code: $0, explanation: $1, status: $2).answer },
            process: { request in
                switch endpoint {
                case .discovery: self.discovery(request)
                case .authorize: self.authorize(request)
                case .token: self.token(request)
                case .keys: self.keySet(request)
                case .introspect: self.introspect(request)
                case .revoke: self.revoke(request)
                case .deviceAuthorization: self.authorizeDevice(request)
                case .serviceToken: self.serviceToken(request)
                case .apps: self.apps(request)
                case .assumeRole, .callerIdentity, .roles, .other:
                    .text("There is nothing at \(request.path).", status: 404, outcome: "not found")
                }
            })
    }

    private func endpoint(of request: StandInRequest) -> RequestLog.Endpoint {
        switch request.path {
        case "/.well-known/openid-configuration": .discovery
        case "/authorize": .authorize
        case "/token": .token
        case "/introspect": .introspect
        case "/revoke": .revoke
        case "/device_authorization": .deviceAuthorization
        case "/oauth2/v1/token" where settings.okta != nil: .serviceToken
        case "/api/v1/apps" where settings.okta != nil: .apps
        default: request.path == "/jwks" || request.path.hasPrefix("/jwks/") ? .keys : .other
        }
    }

    private static func knownGrantType(_ text: String) -> String {
        ["authorization_code", "refresh_token", deviceGrantType].contains(text) ? text : "unknown"
    }
}
