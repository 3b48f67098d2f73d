import Domain
import StandIns
import Testing

@Suite("The stand-in provider's sign-in")
struct StandInSignInTests {
    @Test("The redirect carries the code, our state and the provider's name")
    func redirects() async throws {
        try await withProvider { provider, visitor in
            let fields = try await visitor.redirect()
            #expect(fields["state"] == "the-state")
            #expect(fields["iss"] == provider.issuer)
            #expect(fields["code"]?.isEmpty == false)
        }
    }

    @Test("Whoever says no is led back with access_denied")
    func denies() async throws {
        try await withProvider { provider, visitor in
            let fields = try await visitor.redirect(deciding: "deny")
            #expect(fields["error"] == "access_denied")
            #expect(fields["state"] == "the-state")
            #expect(fields["iss"] == provider.issuer)
            #expect(fields["code"] == nil)
        }
    }

    @Test("A wrong password leads nowhere")
    func wrongPassword() async throws {
        try await withProvider { provider, visitor in
            let form = FormFields([
                ("request", FormFields(visitor.parameters).encoded), ("username", "ada"), ("password", "guess"),
                ("decision", "allow"),
            ])
            let answer = try await LoopbackHTTP.post(form, to: provider.issuer + "/authorize")
            #expect(answer.status == 401)
            #expect(answer[header: "location"] == nil)
        }
    }

    @Test(
        "An authorization request that is not as it must be gets a page and no redirect",
        arguments: [
            ("client_id", "another"), ("redirect_uri", "http://localhost:49151"),
            ("redirect_uri", "http://localhost:49216"), ("redirect_uri", "http://localhost:49152/"),
            ("redirect_uri", "http://127.0.0.1:49152"), ("redirect_uri", "https://example.com"),
            ("response_type", "token"), ("scope", "email"), ("state", ""), ("nonce", ""),
            ("code_challenge", "short"), ("code_challenge_method", "plain"),
        ])
    func flaws(name: String, value: String) async throws {
        try await withProvider { provider, visitor in
            let good = try await LoopbackHTTP.fetch(
                "GET", provider.issuer + "/authorize?" + FormFields(visitor.parameters).encoded)
            #expect(good.status == 200)
            let parameters = visitor.parameters.map { $0.0 == name ? (name, value) : $0 }
            let bad = try await LoopbackHTTP.fetch(
                "GET", provider.issuer + "/authorize?" + FormFields(parameters).encoded)
            #expect(bad.status == 400)
            #expect(bad[header: "location"] == nil)
        }
    }

    @Test("A code is traded for tokens by whoever has its verifier")
    func redeems() async throws {
        try await withProvider { provider, visitor in
            let answer = try await visitor.signIn()
            #expect(answer.status == 200)
            #expect(answer[header: "cache-control"] == "no-store")
            #expect(answer.json["expires_in"]?.integer == 3600)
            for name in ["id_token", "access_token", "refresh_token"] { #expect(!answer.member(name).isEmpty) }
        }
    }

    @Test("Another verifier than the challenge's is refused")
    func checksVerifier() async throws {
        try await withProvider { _, visitor in
            let another = String(repeating: "a", count: 43)
            let answer = try await visitor.redeem(try await visitor.code(), verifier: another)
            #expect(answer.status == 400)
            #expect(answer.member("error") == "invalid_grant")
        }
    }

    @Test("Another redirect URI than the request's is refused")
    func checksRedirect() async throws {
        try await withProvider { _, visitor in
            let answer = try await visitor.redeem(try await visitor.code(), redirectURI: "http://localhost:49153")
            #expect(answer.member("error") == "invalid_grant")
        }
    }

    @Test("A code is good once, and its second use ends the sign-in")
    func codeOnce() async throws {
        try await withProvider { _, visitor in
            let code = try await visitor.code()
            let tokens = try await visitor.redeem(code)
            let again = try await visitor.redeem(code)
            #expect(again.member("error") == "invalid_grant")
            let refreshed = try await visitor.refresh(tokens.member("refresh_token"))
            #expect(refreshed.member("error") == "invalid_grant")
        }
    }

    @Test("An unknown client is invalid_client, with 401")
    func unknownClient() async throws {
        try await withProvider { _, visitor in
            let answer = try await visitor.token([("grant_type", "refresh_token"), ("client_id", "another")])
            #expect(answer.status == 401)
            #expect(answer.member("error") == "invalid_client")
        }
    }

    @Test("The log tells what was asked and how it went, without a token in it")
    func log() async throws {
        try await withProvider { provider, visitor in
            let tokens = try await visitor.signIn()
            _ = try await visitor.refresh(tokens.member("refresh_token"))
            _ = try await visitor.refresh(tokens.member("refresh_token"))
            #expect(provider.log.count(.token) == 3)
            #expect(provider.log.count(.token, grantType: "refresh_token") == 2)
            #expect(provider.log.entries.map(\.outcome) == ["signed in", "ok", "ok", "invalid_grant"])
            let log = try await LoopbackHTTP.fetch("GET", provider.controlAddress + "/log")
            #expect(try log.json.decoded(as: RequestLog.self) == provider.log)
            for name in ["id_token", "access_token", "refresh_token"] {
                #expect(!log.text.contains(tokens.member(name)))
            }
            provider.resetLog()
            #expect(provider.log.entries.isEmpty)
        }
    }
}
