import Foundation
import StandIns
import Testing

@Suite("Secrets")
struct SecretTests {
    @Test("No token, key, code or verifier, nor a piece of one, is in what the commands say or log at -vv")
    func nowhere() async throws {
        try await onStage { stage in
            var said = ""
            var secrets: Set<String> = []
            let log = stage.folder + "/log"
            func listen(_ arguments: [String], _ changes: [String: String?] = [:]) async throws -> Child.Ended {
                let ended = try await stage.run(arguments + ["-vv", "--log-file", log], with: changes)
                said += ended.errors
                if !["token", "creds-process", "env"].contains(arguments[0]) { said += ended.output }
                return ended
            }

            // A sign-in by hand, so that its code is known.
            let child = try stage.start(
                stage.credsProcess + ["-vv", "--log-file", log], with: ["BROWSER": "/no/browser"])
            let address = try await stage.address(shownBy: child)
            let redirect = try await stage.redirect(ofSignInAt: address)
            secrets.insert(try #require(FormFields(encoded: redirect.drop { $0 != "?" }.dropFirst())["code"]))
            _ = try await LoopbackHTTP.fetch("GET", redirect)
            let first = try await child.ended()
            #expect(first.code == 0, "\(first.errors)")
            said += first.errors
            secrets.formUnion(try stage.secrets(in: first.output))
            secrets.formUnion(try await stage.storedTokens())

            let token = try await listen(["token"] + stage.provided)
            secrets.formUnion(try stage.secrets(in: token.output))
            for command in ["login", "check-token-valid", "check-refresh-ttl"] {
                _ = try await listen([command] + stage.provided)
            }
            try stage.configureProfile()
            for words in [["env", "--profile=dev"], ["exec", "--profile=dev", "-vv", "--log-file", log, "true"]] {
                let ended = words[0] == "env" ? try await listen(words) : try await stage.run(words)
                #expect(ended.code == 0, "\(ended.errors)")
                said += ended.errors
            }
            // A refusal that repeats the id_token, a refresh, and a refusal that repeats the refresh token.
            try stage.dropCredentials()
            let idToken = try #require(try JSONValue(json: token.output)["id_token"]?.text)
            let quote = "Value '\(idToken)' at 'webIdentityToken' failed"
            stage.sts.change {
                $0.faults[.assumeRole] = [
                    .refusal(code: "ValidationError", message: quote, times: 1),
                    .refusal(code: "ExpiredTokenException", times: 1),
                ]
            }
            let refused = try await listen(stage.credsProcess)
            #expect(refused.errors.contains("<redacted>"))
            try stage.removeVerdicts()
            let refreshed = try await listen(stage.credsProcess)
            secrets.formUnion(try stage.secrets(in: refreshed.output))
            let stored = try await stage.storedTokens()
            secrets.formUnion(stored)
            try stage.dropCredentials()
            let refreshToken = try #require(stored.first { $0.hasPrefix("rt-") })
            stage.sts.change { $0.faults[.assumeRole] = [.refusal(code: "ExpiredTokenException", times: 1)] }
            stage.provider.change {
                $0.faults[.token] = [
                    .refusal(
                        code: "invalid_grant",
                        message: "the token \(refreshToken) is over, \(refreshToken.prefix(24))… that is", times: 1)
                ]
            }
            let signedInAgain = try await listen(stage.credsProcess)
            #expect(signedInAgain.code == 0, "\(signedInAgain.code)")
            secrets.formUnion(try stage.secrets(in: signedInAgain.output))
            secrets.formUnion(try await stage.storedTokens())
            #expect(stage.visits == 1, "the sign-in after the refusal")

            for words in [["status"], ["status", "--json"], ["profiles"], ["logout"] + stage.provided] {
                let ended = try await listen(words)
                #expect(ended.code == 0, "\(words): \(ended.errors)")
            }

            // A pasted address.
            let desk = try Desk(
                stage, ["login", "-vv", "--log-file", log] + stage.provided,
                ["BROWSER": nil, "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22", "TERM": "xterm"])
            let pasted = try await stage.redirect(ofSignInAt: try await desk.address())
            secrets.insert(try #require(FormFields(encoded: pasted.drop { $0 != "?" }.dropFirst())["code"]))
            try await desk.enter(pasted)
            let atDesk = try await desk.child.ended()
            #expect(atDesk.code == 0, "\(atDesk.errors)")
            said += desk.look() + atDesk.errors
            let current = try await stage.storedTokens()
            secrets.formUnion(current)

            // A config service that quotes the token, whole and cut, and one that takes it.
            let service = try await StandInConfigService.start()
            let sent = try #require(current.first { $0.hasPrefix("ey") && $0.contains(".") })
            service.change {
                $0.answer = ["profiles": .array([stage.granted("111111111111", "acme", "reader")])]
                $0.faults[.roles] = [
                    .refusal(code: "denied", message: "what is \(sent.prefix(40))…?", status: 401, times: 1),
                    .refusal(code: "denied", message: "near \(sent.dropFirst(30).prefix(90))", status: 403, times: 1),
                ]
            }
            for code: Int32 in [1, 1, 0] {
                let ended = try await listen(stage.configure(service, "--all", "--yes", "--default-region=us-west-2"))
                #expect(ended.code == code, "\(ended.errors)")
                #expect(ended.errors.contains("<redacted>") == (code == 1))
            }
            await service.stop()
            #expect(try await listen(["logout"] + stage.provided).code == 0)

            // Another way to sign in, and what only talks about the program.
            for words in [
                ["login", "--device-code-flow"] + stage.provided, ["login", "--min-ttl=1h"] + stage.provided,
                ["env", "--profile=dev", "--format=json"], ["logout", "--all"], ["completion", "bash"], ["version"],
            ] {
                let ended = try await listen(words)
                if words[0] == "login" { secrets.formUnion(try await stage.storedTokens()) }
                if words[0] == "completion" || words[0] == "version" { continue }
                #expect(ended.code == 0, "\(words): \(ended.errors)")
            }

            said += stage.text("log")
            for path in try stage.files().keys where path.contains(".aws-oidc/logs/") {
                said += FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
            }
            #expect(secrets.count >= 10)
            // What the person is shown to open holds one-way values of this length; they are no secrets without the verifier.
            let spoken = said.replacing(/http:\/\/[^\s"]+\/authorize\?[^\s"]+/, with: "")
                .replacing(stage.folder, with: "")
            for secret in secrets {
                // Every session token of the stand-in begins alike, as its client id does.
                let secret = secret.replacing("stand-in/", with: "")
                let pieces = stride(from: 0, through: max(0, secret.utf8.count - 8), by: 4).map {
                    String(secret.dropFirst($0).prefix(8))
                }
                let told = pieces.filter { spoken.contains($0) }
                #expect(told.isEmpty, "pieces of \(secret)")
            }
            let long = spoken.matches(of: /[A-Za-z0-9_\-]{43,}/).map { String($0.0) }
            #expect(long.isEmpty, "something that could be a verifier")
        }
    }
}

extension Stage {
    /// The secrets that `token` or `creds-process` prints.
    fileprivate func secrets(in output: String) throws -> [String] {
        let json = try JSONValue(json: output)
        return ["SecretAccessKey", "SessionToken", "id_token", "access_token"].compactMap { json[$0]?.text }
    }

    /// The secrets of the token file, read as the tool that this one replaces reads it: gzip, base64, JSON.
    fileprivate func storedTokens() async throws -> [String] {
        let decoded = try await Child(
            ["/bin/sh", "-c", "gzip -dc '\(try tokenFile())' | base64 -d"],
            environment: ["PATH": "/usr/bin:/bin"], folder: folder, name: "decoded"
        ).ended()
        let json = try JSONValue(json: decoded.output)
        return ["access_token", "refresh_token", "token"].compactMap { json[$0]?.text }
    }
}
