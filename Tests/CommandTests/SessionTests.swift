import Foundation
import StandIns
import Testing

@Suite("Signing out, looking, and starting afresh")
struct SessionTests {
    /// The flags that choose each place that tokens are kept in.
    func flags(_ place: String, _ stage: Stage) -> [String] {
        switch place {
        case "sqlite": ["--cache", "sqlite"]
        case "nfs": ["--cache", "nfs:\(stage.folder)/shared"]
        case "node-local": ["--node-local-cache", stage.folder + "/node"]
        default: []
        }
    }

    static let places = ["file", "sqlite", "nfs", "node-local"]

    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// How many AWS credentials `status` shows that are this stage's.
    private func cached(_ stage: Stage, _ changes: [String: String?] = [:]) async throws -> Int {
        let status = try json(try await stage.run(["status", "--json"], with: changes).output)
        let all = try #require(status["credentials"] as? [[String: Any]])
        return all.count { $0["issuer"] as? String == stage.provider.issuer }
    }

    @Test("A flush removes tokens and credentials of every store: the next sign-in is a fresh one", arguments: places)
    func flush(place: String) async throws {
        try await onStage { stage in
            let flags = flags(place, stage)
            let first = try await stage.run(stage.credsProcess + flags)
            #expect(first.code == 0, "\(first.errors)")
            let second = try await stage.run(["--flush-oidc-token-cache=true"] + flags + stage.credsProcess)
            #expect(second.code == 0, "\(second.errors)")
            #expect(second.output != first.output)
            #expect(stage.visits == 2)
            let unflushed = try await stage.run(stage.credsProcess + flags + ["--flush-oidc-token-cache=false"])
            #expect(unflushed.output == second.output)
            let check = try await stage.run(["check-token-valid", "--flush-oidc-token-cache"] + stage.provided + flags)
            #expect([String(check.code), check.output] == ["1", "invalid\n"])
            // Also where everything else is found anew: in a node-local folder nothing is copied down again.
            #expect(try await stage.run(["check-token-valid"] + stage.provided + flags).code == 1)
            if place == "node-local" { #expect(try await stage.run(["check-token-valid"] + stage.provided).code == 1) }
            #expect(stage.visits == 2)
        }
    }

    @Test("Many that flush at once share one sign-in", arguments: places)
    func flushTogether(place: String) async throws {
        try await onStage(alone: true) { stage in
            let flags = flags(place, stage)
            let first = try await stage.run(stage.credsProcess + flags)
            #expect(first.code == 0, "\(first.errors)")
            let person = try stage.slowPerson()
            let children = try (0..<16).map { _ in
                try stage.start(
                    stage.credsProcess + flags + ["--flush-oidc-token-cache"], with: ["BROWSER": person.browser])
            }
            for child in children {
                try await wait(for: "a process that waits for the sign-in") {
                    child.showsAddress || child.errorsSoFar.contains("Waiting for ")
                }
            }
            try person.goOn()
            for child in children {
                let ended = try await child.ended()
                #expect(ended.code == 0, "\(ended.errors)")
                #expect(ended.output != first.output && ended.output.contains("AccessKeyId"))
            }
            #expect(stage.visits == 2)
            #expect(stage.grants == ["authorization_code", "authorization_code"])
        }
    }

    @Test("exec and env flush what the profile names", arguments: [["env"], ["exec"]])
    func flushOfProfile(command: [String]) async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let tail = command == ["exec"] ? ["--", "/usr/bin/env"] : []
            for visits in 1...2 {
                let ended = try await stage.run(
                    command + ["--profile", "dev", "--flush-oidc-token-cache"] + tail)
                #expect(ended.code == 0, "\(ended.errors)")
                #expect(stage.visits == visits)
            }
            let quiet = try await stage.run(command + ["--profile", "dev"] + tail)
            #expect(quiet.code == 0)
            #expect(stage.visits == 2)
        }
    }

    @Test(
        "Without a word on whom, with half of it or with too much, it is a usage error",
        arguments: [
            ["logout"], ["logout", "--issuer-url=https://a.example"], ["logout", "--all", "--profile=dev"], ["login"],
            ["login", "--client-id=a", "--profile=dev"], ["login", "--profile=dev", "--min-ttl=soon"],
        ])
    func usage(arguments: [String]) async throws {
        try await onStage { stage in
            let ended = try await stage.run(arguments)
            #expect([String(ended.code), ended.output, String(ended.errorLines.count)] == ["1", "", "1"])
            #expect(stage.requests.isEmpty)
        }
    }

    @Test("login --min-ttl leaves a session that lasts alone, and signs in anew where it does not")
    func minimumTTL() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.refreshTokenLife = 3600
        try await onStage(settings) { stage in
            try await stage.signIn()
            let lasting = try await stage.run(["login", "--min-ttl", "30m"] + stage.provided)
            #expect([lasting.code, Int32(stage.visits)] == [0, 1], "\(lasting.errors)")
            stage.provider.change { $0.refreshTokenLife = 10 * 3600 }
            let renewed = try await stage.run(["login", "--min-ttl=8h"] + stage.provided)
            #expect([renewed.code, Int32(stage.visits)] == [0, 2], "\(renewed.errors)")
            let short = try await stage.run(["login", "--min-ttl=12h"] + stage.provided)
            #expect([short.code, Int32(stage.visits)] == [1, 3])
            #expect(short.errors.contains("not the 12h0m0s that --min-ttl asks for"), "\(short.errors)")
        }
    }

    @Test("login --min-ttl counts on the id_token where it lasts, with and without a refresh token")
    func minimumTTLWithoutRefresh() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.givesRefreshTokens = false
        try await onStage(settings) { stage in
            try await stage.signIn()
            let lasting = try await stage.run(["login", "--min-ttl=30m"] + stage.provided)
            #expect([lasting.code, Int32(stage.visits)] == [0, 1], "\(lasting.errors)")
            let short = try await stage.run(["login", "--min-ttl=8h"] + stage.provided)
            #expect([short.code, Int32(stage.visits)] == [1, 2])
            #expect(short.errors.contains("gave no refresh token, and an id_token for "), "\(short.errors)")
        }
    }

    @Test("status tells who is signed in and what is cached, asks nobody, and tells no secret")
    func status() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let before = try json(try await stage.run(["status", "--json"]).output)
            #expect((before["sessions"] as? [[String: Any]])?.first?["state"] as? String == "signed-out")
            _ = try await stage.run(["env", "--profile", "dev"])
            let tokens = try json(try await stage.run(["token"] + stage.provided).output)
            stage.forget()
            let printed = try await stage.run(["status", "--json"])
            let text = try await stage.run(["status"])
            let status = try json(printed.output)
            let session = try #require((status["sessions"] as? [[String: Any]])?.first)
            #expect((status["sessions"] as? [Any])?.count == 1)
            #expect(session["state"] as? String == "signed-in")
            #expect(session["issuer"] as? String == stage.provider.issuer)
            #expect(session["email"] as? String == "ada@example.com")
            #expect(session["refresh_token_expiry"] is String)
            #expect(session["problem"] is NSNull)
            let credentials = try #require((status["credentials"] as? [[String: Any]])?.first)
            #expect(credentials["role_arn"] as? String == Stage.role)
            #expect(credentials["live"] as? Bool == true)
            #expect(text.output.contains("signed-in as ada@example.com"))
            for name in ["id_token", "access_token"] {
                let secret = try #require(tokens[name] as? String)
                #expect(!(printed.output + printed.errors + text.output + text.errors).contains(secret))
            }
            #expect(stage.requests.isEmpty)
        }
    }

    @Test(
        "Where this shell keeps no AWS credentials, those that others keep are shown, and removed by logout and by a flush",
        arguments: [["logout"], ["check-token-valid", "--flush-oidc-token-cache"]])
    func uncached(command: [String]) async throws {
        try await onStage { stage in
            #expect(try await stage.run(stage.credsProcess).code == 0)
            let off: [String: String?] = ["AWS_OIDC_CREDENTIALS_CACHE": "off"]
            #expect(try await cached(stage, off) == 1)
            let ended = try await stage.run(command + stage.provided, with: off)
            if command == ["logout"] { #expect(ended.output.contains("the last of them ends at"), "\(ended.errors)") }
            let next = try await stage.run(stage.credsProcess, with: ["BROWSER": nil])
            #expect([String(next.code), next.output] == ["1", ""])
        }
    }

    @Test("Credentials in the folder that a profile's command names are shown, and logout --all removes them")
    func elsewhere() async throws {
        try await onStage { stage in
            try stage.configure(
                "[profile dev]\ncredential_process = \(stage.processLine) --node-local-cache=\(stage.folder)/node\n")
            #expect(try await stage.run(["env", "--profile", "dev"]).code == 0)
            #expect(try await cached(stage) == 1)
            #expect(try await stage.run(["logout", "--all"]).code == 0)
            #expect(try await cached(stage) == 0)
        }
    }

    @Test("profiles prints those that are ours, as plain lines and as JSON")
    func profiles() async throws {
        try await onStage { stage in
            try stage.configureProfile(
                "region = eu-west-1\n[profile other]\nregion = us-east-1\n[profile \"a b\"]\n"
                    + "credential_process = \(stage.processLine)\n")
            let plain = try await stage.run(["profiles"])
            #expect(plain.output == "dev\t123456789012\treader\teu-west-1\na b\t123456789012\treader\t-\n")
            let help = try await stage.run(["profiles", "--help"]).output
            #expect(help.contains(#"while IFS=$'\t' read -r name account role region"#), "\(help)")
            let profiles = try #require(
                try json(try await stage.run(["profiles", "--json"]).output)["profiles"] as? [[String: Any]])
            #expect(profiles.map { $0["name"] as? String } == ["dev", "a b"])
            #expect(profiles.first?["role_arn"] as? String == Stage.role)
            try stage.configure("[profile dev\n")
            let broken = try await stage.run(["profiles"])
            #expect([String(broken.code), broken.output, String(broken.errorLines.count)] == ["1", "", "1"])
        }
    }

    @Test("Their help says what they are for", arguments: ["login", "logout", "status", "profiles"])
    func help(command: String) async throws {
        try await onStage { stage in
            let ended = try await stage.run([command, "--help"])
            #expect(ended.code == 0)
            #expect(ended.output.contains("USAGE: aws-oidc \(command)"))
            #expect(ended.output.contains("--flush-oidc-token-cache"))
        }
    }
}
