import Foundation
import StandIns
import Testing

@Suite("The profile of exec and env")
struct ProfileTests {
    private func region(_ stage: Stage, _ arguments: [String] = [], _ changes: [String: String?] = [:]) async throws
        -> String?
    {
        let ended = try await stage.run(["env"] + arguments, with: changes)
        return assignments(ended.output)["AWS_DEFAULT_REGION"]?.first ?? ended.errors
    }

    @Test("It is that of the flag, of AWS_PROFILE, of AWS_DEFAULT_PROFILE, or default; an empty variable says nothing")
    func name() async throws {
        try await onStage { stage in
            let line = "credential_process = \(stage.processLine)\n"
            try stage.configure(
                "[default]\n\(line)region = r-default\n[profile a]\n\(line)region = r-a\n"
                    + "[profile b]\n\(line)region = r-b\n[profile c d]\n[profile \"e f\"]\n\(line)region = r-e\n")
            try await stage.signIn()
            let both = ["AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"] as [String: String?]
            #expect(try await region(stage) == "r-default")
            #expect(try await region(stage, ["--profile", "b"], both) == "r-b")
            #expect(try await region(stage, ["--profile=default"], both) == "r-default")
            #expect(try await region(stage, [], both) == "r-a")
            #expect(try await region(stage, [], ["AWS_PROFILE": "", "AWS_DEFAULT_PROFILE": "b"]) == "r-b")
            #expect(try await region(stage, ["--profile", "e f"]) == "r-e")
        }
    }

    @Test("The config file is that of AWS_CONFIG_FILE, whose ~ is the home")
    func file() async throws {
        try await onStage { stage in
            try stage.configure("[default]\nregion = wrong\n")
            let text = "[default]\ncredential_process = \(stage.processLine)\nregion = right\n"
            try Data(text.utf8).write(to: URL(fileURLWithPath: stage.home + "/other"))
            try await stage.signIn()
            for path in [stage.home + "/other", "~/other"] {
                #expect(try await region(stage, [], ["AWS_CONFIG_FILE": path]) == "right")
            }
        }
    }

    @Test(
        "Its command is read as a shell splits it",
        arguments: [
            "aws-oidc %", "/opt/bin/aws-oidc %", "'/opt/my bin/aws-oidc' %", "sh -c 'aws-oidc % 2> /dev/tty'",
            "sh -c \"aws-oidc % 2>/dev/tty\"", "env A=b aws-oidc %", "A='b c' aws-oidc %",
            "/bin/bash -lc 'exec aws-oidc %'",
            "aws-oidc %  --region=us-east-1 --device-code-flow", "login.sh %", "login.sh % --its-own",
            "timeout -k 5 30 aws-oidc % -v=1", "sh -c 'aws-oidc % | cat -u'",
        ])
    func commands(shape: String) async throws {
        try await onStage { stage in
            let plain = try await stage.run(stage.credsProcess)
            let apart = stage.credsProcess.flatMap { $0.split(separator: "=", maxSplits: 1).map(String.init) }
            stage.forget()
            for words in [stage.credsProcess, apart] {
                let line = shape.replacingOccurrences(of: "%", with: words.joined(separator: " "))
                try stage.configure("[profile dev]\ncredential_process = \(line)\n")
                let ended = try await stage.run(["env", "--profile=dev"])
                let key = try JSONValue(json: plain.output)["AccessKeyId"]?.text
                #expect(assignments(ended.output)["AWS_ACCESS_KEY_ID"]?.first == key, "\(line): \(ended.errors)")
                #expect(ended.errors.isEmpty, "\(ended.errors)")
            }
            #expect(stage.requests.isEmpty)
        }
    }

    @Test("Its --node-local-cache, --cache and variables hold, and a flag of the command line goes before them")
    func otherFlags() async throws {
        try await onStage { stage in
            let (one, two) = (stage.folder + "/one", stage.folder + "/two")
            func files(_ folder: String) -> [String] {
                ((try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []).map {
                    String($0.split(separator: "/").last ?? "")
                }
            }
            func configure(_ front: String, _ more: String) throws {
                try stage.configure("[profile dev]\ncredential_process = \(front) \(stage.processLine) \(more)\n")
            }
            try configure("", "--node-local-cache=\(one) --cache sqlite")
            let first = try await stage.run(["env", "--profile=dev"])
            #expect(first.code == 0, "\(first.errors)")
            #expect(files(one).contains("tokens.db"))
            #expect(files(one).contains { $0.hasPrefix("credentials-") })
            #expect(files(stage.home + "/.cache").isEmpty)
            try configure("", "--node-local-cache=\(one)")
            let second = try await stage.run(["env", "--profile=dev", "--node-local-cache=\(two)", "--cache=sqlite"])
            #expect(second.code == 0, "\(second.errors)")
            #expect(files(two).contains("tokens.db"))
            try configure("AWS_OIDC_NODE_LOCAL_CACHE=\(stage.folder)/three", "")
            _ = try await stage.run(
                ["env", "--profile=dev"], with: ["AWS_OIDC_NODE_LOCAL_CACHE": stage.folder + "/four"])
            #expect(files(stage.folder + "/three").contains { $0.hasPrefix("credentials-") })
            #expect(!files(stage.folder + "/four").contains { $0.hasPrefix("credentials-") })
        }
    }

    @Test("A folder that only the profile's shell could name is passed over with a warning, and never made")
    func unexpanded() async throws {
        try await onStage { stage in
            try stage.configure(
                "[profile dev]\ncredential_process = sh -c '\(stage.processLine) --node-local-cache=\"/tmp/x-$(id -u)\" 2> /dev/tty'\n"
            )
            let ended = try await stage.run(["env", "--profile=dev"])
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.errors.contains("only its shell can expand"))
            #expect(!FileManager.default.fileExists(atPath: "/tmp/x-$(id -u)"))
            let again = try await stage.run(["env", "--profile=dev"])
            #expect([again.output, again.errors] == [ended.output, ""])
        }
    }

    @Test("Without a usable profile there is one line that says which, where and why", arguments: ["exec", "env"])
    func problems(command: String) async throws {
        try await onStage { stage in
            let line = "credential_process = \(stage.processLine)\n"
            for (text, words) in [
                (nil, ["\"dev\"", "/.aws/config"]),
                ("[profile other]\n\(line)", ["\"dev\"", "no profile"]),
                ("[dev]\n\(line)", ["\"dev\"", "no profile"]),
                ("[profile dev]\nregion = x\n", ["\"dev\"", "has no credential_process"]),
                ("[profile dev]\ncredential_process = other-tool --json\n", ["\"dev\"", "not aws-oidc creds-process"]),
                ("[profile dev]\ncredential_process = aws-oidc creds-process --client-id=a\n", ["--issuer-url"]),
                ("[profile dev]\ncredential_process = aws-oidc creds-process '--client-id=a\n", ["quotation"]),
                ("[profile dev]\n\(line.dropLast()) --cache=nowhere\n", ["--cache", "sqlite"]),
                ("[profile dev]\n\(line.dropLast()) --aws-role-arn=none\n", ["none"]),
                ("[profile dev]\n\(line.dropLast()) --bogus\n", ["creds-process can make nothing of the --bogus"]),
                ("[profile dev]\n\(line.dropLast()) --region\n", ["nothing of the --region", "take it out"]),
                ("[profile dev]\n\(line.dropLast()) --log-file=\n", ["its --log-file must be the path of a file"]),
                ("[profile dev]\n\(line.dropLast()) --node-local-cache=\n", ["its --node-local-cache must be"]),
                ("[profile dev]\n\(line.dropLast()) --login-timeout=soon\n", ["--login-timeout soon", "1s to 24h"]),
                ("[profile dev]\nnonsense\n", ["/.aws/config", "line 2"]),
            ] as [(String?, [String])] {
                if let text { try stage.configure(text) }
                let ended = try await stage.run(
                    [command, "--profile", "dev"] + (command == "exec" ? ["--", "true"] : []))
                #expect(
                    [String(ended.code), ended.output, String(ended.errorLines.count)] == ["1", "", "1"],
                    "\(ended.errors)")
                #expect(ended.errors.hasPrefix("aws-oidc \(command) failed: "))
                for word in words { #expect(ended.errors.contains(word), "\(ended.errors)") }
            }
            #expect(stage.visits == 0)
        }
    }

    @Test(
        "profiles says of a profile that it can't be used where its command has what creds-process refuses",
        arguments: [
            ("--cache=nowhere", "its --cache must be file"), ("--bogus", "nothing of the --bogus"),
            ("--callback-port=1", "its --callback-port 1 is no port"), ("--session-duration=soon", "\"soon\""),
            ("--login-timeout=soon", "its --login-timeout soon"), ("--region", "nothing of the --region"),
            ("-vvv --verbose --region=eu-west-1 --cache=sqlite", nil),
        ] as [(String, String?)])
    func listed(flags: String, words: String?) async throws {
        try await onStage { stage in
            try stage.configure("[profile dev]\ncredential_process = \(stage.processLine) \(flags)\n")
            let ended = try await stage.run(["profiles"])
            #expect(ended.output == "dev\t123456789012\treader\t-\n")
            #expect(ended.errors.isEmpty == (words == nil), "\(ended.errors)")
            if let words {
                #expect(ended.errors.contains("profile \"dev\" can't be used: "), "\(ended.errors)")
                #expect(ended.errors.contains(words), "\(ended.errors)")
            }
        }
    }

    @Test("Whoever only signs in or out is not held up by a flag that creds-process refuses")
    func signingOut() async throws {
        try await onStage { stage in
            try stage.configure("[profile dev]\ncredential_process = \(stage.processLine) --bogus\n")
            for command in ["login", "logout"] {
                let ended = try await stage.run([command, "--profile=dev"])
                #expect(ended.code == 0, "\(ended.errors)")
            }
        }
    }

    @Test("A profile that is not there is told in words that hold for every command", arguments: ["login", "env"])
    func missing(command: String) async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let ended = try await stage.run([command, "--profile=nope"])
            #expect(ended.code == 1)
            #expect(ended.errors.contains("there is no profile \"nope\" in "), "\(ended.errors)")
            #expect(!ended.errors.contains("AWS_PROFILE"), "\(ended.errors)")
        }
    }

    @Test("The --login-timeout of its command is followed, unless one is given here", arguments: ["exec", "login"])
    func loginTimeout(command: String) async throws {
        try await onStage { stage in
            try stage.configure("[profile dev]\ncredential_process = \(stage.processLine) --login-timeout=1s\n")
            let words = [command, "--profile=dev"] + (command == "exec" ? ["--", "true"] : [])
            let abandoned = try await stage.run(words, with: ["STAND_IN_BROWSER": "abandon"])
            #expect([String(abandoned.code), abandoned.output] == ["1", ""])
            #expect(abandoned.errorLines.last?.contains("nobody signed in within 1 s") == true, "\(abandoned.errors)")
            let other = try await stage.run(
                ["login", "--profile=dev", "--login-timeout=2s"], with: ["STAND_IN_BROWSER": "abandon"])
            #expect(other.errorLines.last?.contains("nobody signed in within 2 s") == true, "\(other.errors)")
        }
    }

    @Test("A --session-duration in its command is one that creds-process takes: both have the same credentials")
    func durationOfCommand() async throws {
        try await onStage { stage in
            let words = stage.credsProcess + ["--session-duration=2h"]
            try stage.configure("[profile dev]\ncredential_process = aws-oidc \(words.joined(separator: " "))\n")
            let printed = try await stage.run(words)
            let json = try JSONValue(json: printed.output)
            let text = json["Expiration"]?.text ?? ""
            let expiry = try #require(try? Date(text, strategy: .iso8601), "\(printed.errors)")
            #expect((7000...7300).contains(expiry.timeIntervalSinceNow))
            stage.forget()
            #expect(try await stage.run(words).output == printed.output)
            #expect(try await stage.run(words, program: Stage.programs + "/aws-oidc-client").output == printed.output)
            let variables = assignments(try await stage.run(["env", "--profile=dev"]).output)
            #expect(variables["AWS_SESSION_TOKEN"]?.first == json["SessionToken"]?.text)
            #expect(stage.requests.isEmpty)
            // Whoever asks for another length gets other credentials.
            #expect(try await stage.run(stage.credsProcess).output != printed.output)
            let wrong = try await stage.run(stage.credsProcess + ["--session-duration=1m"])
            #expect([String(wrong.code), wrong.output, String(wrong.errorLines.count)] == ["1", "", "1"])
        }
    }

    @Test("--session-duration is what STS is asked for, and has credentials of its own")
    func duration() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            try await stage.signIn()
            for (text, seconds) in [("2h", 7200), ("90m", 5400), ("15m", 900), ("12h0m0.9s", 43200), ("1h", 3600.0)] {
                stage.forget()
                for flag in [["--session-duration=\(text)"], ["--session-duration", text]] {
                    let began = Date.now
                    let ended = try await stage.run(
                        ["exec", "--profile=dev"] + flag + ["--", "/bin/sh", "-c", "echo $AWS_CREDENTIAL_EXPIRATION"])
                    let line = ended.output.trimmingCharacters(in: .newlines)
                    let expiry = try #require(try? Date(line, strategy: .iso8601), "\(ended.errors)")
                    #expect(abs(expiry.timeIntervalSince(began) - seconds) < 120)
                }
                #expect(stage.requests == [.assumeRole])
            }
        }
    }
}
