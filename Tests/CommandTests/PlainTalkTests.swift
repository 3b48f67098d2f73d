import Foundation
import StandIns
import Testing

@Suite("What is said is true, whole, and in one line")
struct PlainTalkTests {
    @Test(
        "A mistake in the arguments is told whole, in one line",
        arguments: [
            (["env", "--format", "nix"], "docker, dotenv, bash, fish, powershell, json (see"),
            (["exec", "--bogus"], "--bogus"),
            (["login", "--profile=dev", "--min-ttl", "-3h"], "\"-3h\" is no length of time such as 8h or 90m"),
            (["login", "--profile=dev", "--min-ttl=-3h"], "\"-3h\" is no length of time such as 8h or 90m"),
            (["exec", "--profile=dev"], "there is no command to run: name one after --"),
        ])
    func mistakes(arguments: [String], words: String) async throws {
        try await onStage { stage in
            let ended = try await stage.run(arguments)
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errorLines.count == 1, "\(ended.errors)")
            #expect(ended.errors.contains(words), "\(ended.errors)")
            #expect(ended.errors.hasSuffix(" (see aws-oidc \(arguments[0]) --help)\n"), "\(ended.errors)")
        }
    }

    @Test(
        "A command that there is not is told, with the one that may have been meant",
        arguments: [
            ("logn", " Did you mean login?"), ("profile", " Did you mean profiles?"), ("nope", ""), ("sign-i", ""),
        ])
    func unknownCommand(word: String, advice: String) async throws {
        try await onStage { stage in
            let ended = try await stage.run([word])
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(
                ended.errors == "aws-oidc failed: there is no command \"\(word)\".\(advice) (see aws-oidc --help)\n")
        }
    }

    @Test("A pipe that nobody reads any more is nothing to talk about")
    func brokenPipe() async throws {
        try await onStage { stage in
            try await stage.signIn()
            try stage.configureProfile()
            #expect(try await stage.run(["env", "--profile=dev"]).code == 0)
            for arguments in [
                ["profiles"], ["status"], ["--help"], ["completion", "bash"], ["env", "--profile=dev"], ["version"],
                stage.credsProcess,
            ] {
                let pipe = Pipe()
                try pipe.fileHandleForReading.close()
                let ended = try await stage.run(
                    arguments, output: .descriptor(pipe.fileHandleForWriting.fileDescriptor))
                #expect([String(ended.code), ended.errors] == ["1", ""], "\(arguments)")
            }
        }
    }

    @Test("A script that can't be printed is told in one line")
    func completionToFullDisk() async throws {
        try await onStage { stage in
            let ended = try await stage.run(["completion", "bash"], output: .path("/dev/full"))
            #expect(ended.code == 1)
            #expect(ended.errorLines.count == 1, "\(ended.errors)")
            #expect(ended.errors.contains("standard output can't be written"))
        }
    }

    @Test(
        "The examples of a help can be pasted: no line of them breaks at 80 columns without a backslash or a pipe",
        arguments: [
            "creds-process", "exec", "env", "token", "login", "logout", "configure", "status", "profiles",
            "check-token-valid", "check-refresh-ttl", "version", "completion",
        ])
    func examples(command: String) async throws {
        try await onStage { stage in
            let help = try await stage.run([command, "--help"], with: ["COLUMNS": "80"]).output
            let lines = help.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let examples = lines.prefix { !$0.hasPrefix("USAGE:") }.split { !$0.hasPrefix("  ") }
            #expect(!examples.isEmpty)
            for example in examples {
                var goesOn = false
                for line in example {
                    #expect(line.hasPrefix("    ") == goesOn, "\(line)")
                    goesOn = line.hasSuffix(" \\") || line.hasSuffix("|")
                }
                #expect(!goesOn)
            }
        }
    }

    @Test(
        "AWS_OIDC_CREDENTIALS_CACHE takes the words for off, in any case",
        arguments: ["0", "false", "no", "OFF"])
    func off(word: String) async throws {
        try await onStage { stage in
            try await stage.signIn()
            for _ in 0..<2 {
                let ended = try await stage.run(stage.credsProcess, with: ["AWS_OIDC_CREDENTIALS_CACHE": word])
                #expect(ended.code == 0, "\(ended.errors)")
            }
            #expect(stage.requests == [.assumeRole, .assumeRole])
        }
    }

    @Test("A word of AWS_OIDC_CREDENTIALS_CACHE that is not known is refused by every command")
    func unknownWord() async throws {
        try await onStage { stage in
            try await stage.signIn()
            try stage.configureProfile()
            for arguments in [stage.credsProcess, ["status"], ["profiles"], ["env", "--profile=dev"]] {
                let ended = try await stage.run(arguments, with: ["AWS_OIDC_CREDENTIALS_CACHE": "never"])
                #expect([String(ended.code), ended.output] == ["1", ""], "\(arguments)")
                #expect(ended.errors.contains("AWS_OIDC_CREDENTIALS_CACHE must be on or off"), "\(ended.errors)")
                #expect(ended.errors.contains("\"never\""), "\(ended.errors)")
            }
            #expect(stage.requests.isEmpty)
        }
    }

    @Test(
        "An answer that is passed on says so first, and then what to do as to whoever got it",
        arguments: ["token", "creds-process"])
    func passedOn(command: String) async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.faults[.token] = [.refusal(code: "invalid_client", message: "who are you", status: 401)]
        try await onStage(settings) { stage in
            let arguments = command == "token" ? ["token"] + stage.provided : stage.credsProcess
            let first = try await stage.run(arguments)
            #expect(first.code == 1, "\(first.errors)")
            let sentence = "the identity provider does not know this client"
            #expect(first.errors.contains(" failed: \(sentence)"), "\(first.errors)")
            let second = try await stage.run(arguments)
            #expect(second.code == 1)
            #expect(
                second.errors.contains("as another call was told less than 5 s ago, \(sentence)"), "\(second.errors)")
            #expect(second.errors.hasSuffix("check --client-id with whoever runs it.\n"), "\(second.errors)")
            #expect(stage.visits == 1)
        }
    }

    @Test("login without a terminal does not advise to run login")
    func loginElsewhere() async throws {
        try await onStage { stage in
            let ended = try await stage.run(
                ["login", "--login-timeout=1s"] + stage.provided,
                with: ["BROWSER": nil, "DISPLAY": nil, "WAYLAND_DISPLAY": nil])
            #expect(ended.code == 1)
            #expect(ended.errors.contains("run this on a terminal"), "\(ended.errors)")
            #expect(!ended.errors.contains("run aws-oidc login"), "\(ended.errors)")
        }
    }

    @Test("A profile that can't be used is told with the reason, and its line stays as it is")
    func brokenProfiles() async throws {
        try await onStage { stage in
            try stage.configure(
                """
                [profile whole]
                credential_process = \(stage.processLine)
                [profile roleless]
                credential_process = aws-oidc creds-process --issuer-url=https://a.example --client-id=b
                [profile issuerless]
                credential_process = aws-oidc creds-process --client-id=b --aws-role-arn=\(Stage.role)
                [profile unencrypted]
                credential_process = aws-oidc creds-process --issuer-url=a --client-id=b --aws-role-arn=\(Stage.role)
                [profile open]
                credential_process = /usr/bin/aws-oidc creds-process "--issuer-url=https://a.example
                """)
            let ended = try await stage.run(["profiles"])
            #expect(ended.code == 0)
            #expect(ended.output.split(separator: "\n").count == 5, "\(ended.output)")
            #expect(ended.errorLines.count == 4, "\(ended.errors)")
            for words in [
                "\"roleless\" can't be used: its credential_process has no --aws-role-arn",
                "\"issuerless\" can't be used: its credential_process has no --issuer-url",
                "\"unencrypted\" can't be used: ", "\"open\" can't be used: in its credential_process",
            ] {
                #expect(ended.errors.contains(words), "\(words) in \(ended.errors)")
            }
            let json = try await stage.run(["profiles", "--json"])
            #expect(json.errors == "")
            #expect(json.output.components(separatedBy: "\"problem\":null").count == 2, "\(json.output)")
        }
    }

    @Test("status tells apart what is signed in in two places, and credentials of two lengths")
    func differences() async throws {
        try await onStage { stage in
            let other = stage.folder + "/other.db"
            try stage.configure(
                """
                [profile one]
                credential_process = \(stage.processLine)
                [profile two]
                credential_process = \(stage.processLine) --cache=sqlite:\(other) --session-duration=2h
                """)
            // The second sign-in drops what was cached by the first.
            for profile in ["one", "two", "one"] {
                let ended = try await stage.run(["env", "--profile", profile])
                #expect(ended.code == 0, "\(ended.errors)")
            }
            let status = try await stage.run(["status"]).output
            #expect(status.contains("\n  refresh token until "), "\(status)")
            #expect(status.contains("(client \(Stage.clientID), kept in the usual place): signed-in"), "\(status)")
            #expect(status.contains("kept by --cache sqlite:\(other)): signed-in"), "\(status)")
            #expect(status.contains("\(Stage.role) for 1h0m0s: until"), "\(status)")
            #expect(status.contains("\(Stage.role) for 2h0m0s: until"), "\(status)")
            let json = try await stage.run(["status", "--json"]).output
            #expect(json.contains("\"session_duration\":7200"), "\(json)")
            #expect(json.contains("\"place\":\"--cache sqlite:\(other)\""), "\(json)")
        }
    }

    @Test("status does not take a record that it can't read for none")
    func damagedRecord() async throws {
        try await onStage { stage in
            try await stage.signIn()
            try stage.configureProfile()
            try Data("nothing of ours".utf8).write(to: URL(fileURLWithPath: try stage.tokenFile()))
            let status = try await stage.run(["status"]).output
            #expect(status.contains("not known: "), "\(status)")
            #expect(status.contains("it is damaged"), "\(status)")
            #expect(!status.contains("not signed in"), "\(status)")
        }
    }

    @Test("Marks that drops have left a day ago go when credentials are stored, and no newer ones")
    func staleDrops() async throws {
        try await onStage { stage in
            try await stage.signIn()
            let folder = stage.runtime + "/aws-oidc/"
            let yesterday = Date(timeIntervalSinceNow: -100_000)
            for (name, date) in [
                ("drops-0000000000000001", yesterday), ("drops-0000000000000001.lock", yesterday),
                ("drops-0000000000000002.lock", yesterday), ("drops-0000000000000003", Date()),
                ("drops-0000000000000003.lock", Date()),
            ] {
                #expect(
                    FileManager.default.createFile(
                        atPath: folder + name, contents: Data(),
                        attributes: [.posixPermissions: 0o600, .modificationDate: date]))
            }
            #expect(try await stage.run(stage.credsProcess).code == 0)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("drops-000") }
            #expect(Set(left) == ["drops-0000000000000003", "drops-0000000000000003.lock"])
        }
    }
}
