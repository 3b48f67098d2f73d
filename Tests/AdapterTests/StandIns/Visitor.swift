import Domain
import OpenSSL
import StandIns

/// Signs in at a stand-in provider step by step, as a client and its person would, and keeps what each step gave.
struct Visitor {
    let provider: StandInIdentityProvider
    let verifier = Base64URL.encode(OpenSSLCryptography().randomBytes(64))
    let redirectURI = "http://localhost:49152"
    var state = "the-state"

    /// The parameters of a good authorization request.
    var parameters: [(String, String)] {
        let challenge = Base64URL.encode(OpenSSLCryptography().digest(Array(verifier.utf8), .sha256))
        return [
            ("client_id", provider.settings.clientID), ("redirect_uri", redirectURI), ("response_type", "code"),
            ("scope", "openid offline_access email groups"), ("state", state), ("nonce", "the-nonce"),
            ("code_challenge", challenge), ("code_challenge_method", "S256"),
        ]
    }

    /// The fields of the redirect that the sign-in page's form leads to.
    func redirect(deciding decision: String = "allow") async throws -> FormFields {
        let user = provider.settings.user
        let form = FormFields([
            ("request", FormFields(parameters).encoded), ("username", user.username), ("password", user.password),
            ("decision", decision),
        ])
        let answer = try await LoopbackHTTP.post(form, to: provider.issuer + "/authorize")
        let location = answer[header: "location"] ?? ""
        return FormFields(encoded: location.split(separator: "?").last ?? "")
    }

    /// A fresh code.
    func code() async throws -> String {
        try await redirect()["code"] ?? ""
    }

    /// The token endpoint's answer to a code.
    func redeem(_ code: String, verifier: String? = nil, redirectURI: String? = nil) async throws -> LoopbackHTTP.Answer
    {
        try await token([
            ("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier ?? self.verifier),
            ("redirect_uri", redirectURI ?? self.redirectURI), ("client_id", provider.settings.clientID),
        ])
    }

    /// The token endpoint's answer to a refresh token.
    func refresh(_ token: String) async throws -> LoopbackHTTP.Answer {
        try await self.token([
            ("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", provider.settings.clientID),
        ])
    }

    /// The token endpoint's answer to a whole sign-in.
    func signIn() async throws -> LoopbackHTTP.Answer {
        try await redeem(try await code())
    }

    /// The token endpoint's answer to any form.
    func token(_ fields: [(String, String)]) async throws -> LoopbackHTTP.Answer {
        try await LoopbackHTTP.post(FormFields(fields), to: provider.issuer + "/token")
    }

    /// The introspection endpoint's answer.
    func introspect(_ token: String) async throws -> LoopbackHTTP.Answer {
        let form = FormFields([("token", token), ("client_id", provider.settings.clientID)])
        return try await LoopbackHTTP.post(form, to: provider.issuer + "/introspect")
    }
}

extension LoopbackHTTP.Answer {
    /// A text member of a JSON answer; empty where there is none.
    func member(_ name: String) -> String { json[name]?.text ?? "" }
}

/// Runs a test with a provider of its own, and stops that afterwards.
func withProvider(
    _ settings: StandInIdentityProvider.Settings = .init(),
    _ body: (StandInIdentityProvider, Visitor) async throws -> Void
) async throws {
    let provider = try await StandInIdentityProvider.start(settings)
    do {
        try await body(provider, Visitor(provider: provider))
    } catch {
        await provider.stop()
        throw error
    }
    await provider.stop()
}
