import Domain
import Foundation
import StandIns
import Testing

@Suite("Commands and flags")
struct CommandLineTests {
    @Test("token prints one line of JSON, whose members are in the order that scripts know")
    func token() async throws {
        try await onStage { stage in
            let ended = try await stage.run(["token"] + stage.provided)
            #expect(ended.code == 0, "\(ended.errors)")
            let line =
                /\{"version":1,"id_token":"[^"]+","access_token":"[^"]+","expiry":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"\}\n/
            #expect(ended.output.wholeMatch(of: line) != nil)
            stage.forget()
            let again = try await stage.run(["token"] + stage.provided)
            #expect(again.output == ended.output)
            #expect(stage.requests.isEmpty)
        }
    }

    @Test("check-token-valid says invalid, valid and invalid again, and never asks anybody")
    func checkTokenValid() async throws {
        try await onStage { stage in
            let none = try await stage.run(["check-token-valid"] + stage.provided)
            #expect(none.code == 1)
            #expect(none.output == "invalid\n")
            #expect(none.errorLines.count == 1)
            #expect(none.errors.contains("aws-oidc login --issuer-url=\(stage.provider.issuer)"))
            #expect(stage.requests.isEmpty)

            try await stage.signIn()
            let live = try await stage.run(["check-token-valid"] + stage.provided)
            #expect([String(live.code), live.output, live.errors] == ["0", "valid\n", ""])

            stage.provider.change {
                $0.tokenLife = 0
                $0.rotation = .off
            }
            try FileManager.default.removeItem(atPath: stage.tokenFile())
            try await stage.signIn()
            let over = try await stage.run(["check-token-valid"] + stage.provided)
            #expect([String(over.code), over.output] == ["1", "invalid\n"])
            #expect(over.errors.contains("expired at"))
            #expect(stage.requests.isEmpty)
        }
    }

    @Test("check-refresh-ttl prints a Go duration, or hours with two decimals")
    func checkRefreshTTL() async throws {
        try await onStage { stage in
            try await stage.signIn()
            let text = try await stage.run(["check-refresh-ttl"] + stage.provided)
            #expect(text.code == 0, "\(text.errors)")
            #expect(text.output.wholeMatch(of: /2159h59m\d\d?s\n|2160h0m0s\n/) != nil, "\(text.output)")
            let hours = try await stage.run(
                ["check-refresh-ttl"] + stage.provided + ["--output-duration-in-hours"])
            #expect(hours.output == "2160.00\n" || hours.output == "2159.99\n")
            #expect(stage.requests == [.introspect, .introspect])
            stage.provider.endSessions()
            let over = try await stage.run(["check-refresh-ttl"] + stage.provided)
            #expect([String(over.code), over.output] == ["0", "0s\n"])
        }
    }

    @Test("check-refresh-ttl falls back on the stored expiry, and without one says in a line that nobody tells")
    func checkRefreshTTLUntold() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.introspectsForPublicClients = false
        try await onStage(settings) { stage in
            let none = try await stage.run(["check-refresh-ttl"] + stage.provided)
            #expect(none.code == 1)
            #expect(none.errors.contains("aws-oidc login"))
            try await stage.signIn()
            let untold = try await stage.run(["check-refresh-ttl"] + stage.provided)
            #expect([String(untold.code), untold.output] == ["1", ""])
            #expect(untold.errorLines.count == 1)
            #expect(untold.errors.contains("is not known"))
        }
        settings.tellsRefreshTokenLife = true
        try await onStage(settings) { stage in
            try await stage.signIn()
            let stored = try await stage.run(["check-refresh-ttl"] + stage.provided)
            #expect(stored.code == 0, "\(stored.errors)")
            #expect(stored.output.hasPrefix("2159h") || stored.output.hasPrefix("2160h"))
        }
    }

    @Test("login signs in once, prints nothing on standard output, and does nothing where one is signed in")
    func login() async throws {
        try await onStage { stage in
            let first = try await stage.run(["login"] + stage.provided)
            #expect([String(first.code), first.output] == ["0", ""])
            #expect(first.errors.contains("ada@example.com"))
            let second = try await stage.run(["login"] + stage.provided)
            #expect([String(second.code), second.output] == ["0", ""])
            #expect(stage.visits == 1)
        }
    }

    @Test("version prints a version", arguments: [["version"], ["--version"], ["-v", "version"]])
    func version(arguments: [String]) async throws {
        try await onStage { stage in
            let ended = try await stage.run(arguments)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.wholeMatch(of: /\d+\.\d+\.\d+\S*\n/) != nil)
            #expect(ended.errors.isEmpty)
        }
    }

    @Test(
        "Help is printed on standard output, by every command and by none",
        arguments: [
            [], ["--help"], ["help"], ["logout", "--help"], ["status", "--help"], ["profiles", "--help"],
            ["help", "token"], ["creds-process", "--help"], ["token", "--help"],
            ["login", "--help"], ["check-token-valid", "--help"], ["check-refresh-ttl", "--help"],
            ["version", "--help"], ["exec", "--help"], ["env", "--help"], ["help", "exec"],
            ["completion", "--help"],
        ])
    func help(arguments: [String]) async throws {
        try await onStage { stage in
            let ended = try await stage.run(arguments)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("USAGE"))
            let usage = ended.output.split(separator: "\n", omittingEmptySubsequences: false)
                .drop { !$0.hasPrefix("USAGE: ") }.prefix { !$0.isEmpty }
            #expect(usage.allSatisfy { $0.count <= 80 }, "\(usage)")
            #expect(usage.dropFirst().allSatisfy { $0.hasPrefix("       [") || $0.hasPrefix("       -") }, "\(usage)")
            #expect(arguments.first != "login" || usage.count > 2, "\(usage)")
            let namesCommand = arguments.contains { !["--help", "help"].contains($0) }
            #expect(ended.output.contains("Examples") == namesCommand)
            #expect(ended.errors.isEmpty)
        }
    }

    @Test(
        "A mistake on the command line is one line that names it, and exit code 1",
        arguments: [
            (["creds-process"], "--issuer-url"), (["no-such-command"], "no-such-command"),
            (["token", "--issuer-url=https://a.example", "--client-id=b", "--no-such-flag"], "--no-such-flag"),
            (["login", "--issuer-url=https://a.example", "--client-id=b", "--login-timeout=soon"], "soon"),
            (["login", "--issuer-url=https://a.example", "--client-id="], "client"),
            (["status", "--node-local-cache="], "--node-local-cache must be a folder"),
            (["env", "--node-local-cache", ""], "--node-local-cache must be a folder"),
            (["status", "--log-file="], "--log-file must be the path of a file"),
            (["--log-file", "", "profiles"], "--log-file must be the path of a file"),
            (["rsa-keygen", "--out", "-"], "standard output gets the public half"),
            (["rsa-keygen", "--out=-"], "standard output gets the public half"),
            (["creds-process", "--issuer-url=https://a.example", "--client-id=b", "--aws-role-arn=c"], "role"),
        ])
    func mistakes(arguments: [String], named: String) async throws {
        try await onStage { stage in
            let ended = try await stage.run(arguments)
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errorLines.count == 1, "\(ended.errors)")
            #expect(ended.errors.contains(named), "\(ended.errors)")
        }
    }

    @Test("Every command's flags may stand before it, with their values")
    func flagsBeforeCommand() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let first = try await stage.run(stage.credsProcess)
            stage.forget()
            let apart = [
                "--client-id", Stage.clientID, "--aws-role-arn", Stage.role, "--issuer-url", stage.provider.issuer,
            ]
            #expect(try await stage.run(apart + ["creds-process"]).output == first.output)
            let echo = try await stage.run(
                ["--profile", "dev", "--session-duration", "1h", "exec", "--", "/bin/echo", "--profile", "x"])
            #expect(echo.output == "--profile x\n", "\(echo.errors)")
            let env = try await stage.run(["--profile", "dev", "--format", "json", "env"])
            #expect(env.output.hasPrefix("{"), "\(env.errors)")
            #expect(stage.requests.isEmpty)
        }
    }

    @Test("All flags that take a value are known as such to whoever looks for the command")
    func valuedFlags() async throws {
        try await onStage { stage in
            var found: Set<String> = []
            for root in try await stage.descriptions() {
                for command in root["subcommands"]?.list ?? [] {
                    for argument in command["arguments"]?.list ?? [] where argument["kind"]?.text == "option" {
                        for name in argument["names"]?.list ?? [] where name["kind"]?.text == "long" {
                            found.insert("--" + (name["name"]?.text ?? ""))
                        }
                    }
                }
            }
            #expect(found == ValuedFlags.names)
        }
    }

    @Test("The server's commands are in the help, have one of their own, and are found behind flags")
    func serverCommands() async throws {
        try await onStage { stage in
            let help = try await stage.run(["--help"]).output
            let names = try await stage.descriptions()[1]["subcommands"]?.list?.compactMap { $0["commandName"]?.text }
            let commands = try #require(names).filter { $0 != "help" }
            #expect(commands.count == 3)
            for command in commands {
                #expect(help.contains("  \(command) "), "\(help)")
                for arguments in [["help", command], [command, "--help"]] {
                    let ended = try await stage.run(arguments)
                    #expect(ended.output.contains("USAGE: aws-oidc \(command)"), "\(arguments): \(ended.errors)")
                }
            }
            let behind = try await stage.run(["--bits", "1", "rsa-keygen"])
            #expect(behind.errors.contains("--bits is a number"), "\(behind.errors)")
        }
    }

    private static let python = "/usr/bin/python3"

    @Test(
        "The manual page has the commands of client and server, with their flags",
        .enabled(if: FileManager.default.isExecutableFile(atPath: python), "there is no python3"))
    func manual() async throws {
        try await onStage { stage in
            var files: [String] = []
            for program in ["client", "server"] {
                let said = try await stage.run(
                    ["--experimental-dump-help"], program: Stage.programs + "/aws-oidc-" + program)
                files.append("\(stage.folder)/\(program).json")
                try said.output.write(toFile: files[files.count - 1], atomically: true, encoding: .utf8)
            }
            let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "scripts/man.py").path
            let page = try await stage.run([script, "1"] + files, program: Self.python)
            #expect(page.code == 0, "\(page.errors)")
            for words in [".SS creds\\-process", ".SS serve\\-config", "\\-\\-web\\-server\\-port", "\\-\\-pkcs8"] {
                #expect(page.output.contains(words), "\(words)")
            }
        }
    }

    @Test(
        "Flags take their values after a blank or an equals sign, and global ones stand on either side of the command")
    func flags() async throws {
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess)
            stage.forget()
            let apart = [
                "creds-process", "--client-id", Stage.clientID, "--aws-role-arn", Stage.role, "--issuer-url",
                stage.provider.issuer,
            ]
            let log = stage.folder + "/log"
            for arguments in [
                apart, ["--log-file", log] + apart, ["--log-file=\(log)"] + stage.credsProcess,
                ["-v"] + apart, apart + ["-vv"], ["--verbose=true"] + apart, apart + ["--verbose", "--log-file", log],
                apart + ["--region=us-east-1"],
            ] {
                let ended = try await stage.run(arguments)
                #expect(ended.code == 0, "\(arguments): \(ended.errors)")
                #expect(ended.output == first.output, "\(arguments)")
            }
            #expect(stage.requests.isEmpty)
        }
    }
}

extension Stage {
    /// What client and server say of their command lines.
    fileprivate func descriptions() async throws -> [JSONValue] {
        var roots: [JSONValue] = []
        for program in ["aws-oidc-client", "aws-oidc-server"] {
            let ended = try await run(["--experimental-dump-help"], program: Self.programs + "/" + program)
            roots.append(try #require(try JSONValue(json: ended.output)["command"]))
        }
        return roots
    }
}
