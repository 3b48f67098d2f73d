import Foundation
import StandIns
import Testing

@Suite("env")
struct EnvTests {
    private static let names = [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION",
    ]

    @Test(
        "Docker's env-file is the default: a name, an equals sign and the value as it is, of the credentials that creds-process prints"
    )
    func docker() async throws {
        try await onStage { stage in
            try stage.configureProfile("region = eu-west-1\noutput = json\n")
            for arguments in [["env", "--profile", "dev"], ["env", "--profile=dev", "--format=docker"]] {
                let ended = try await stage.run(arguments)
                #expect([String(ended.code), ended.errors.contains("failed") ? ended.errors : ""] == ["0", ""])
                let printed = try JSONValue(json: try await stage.run(stage.credsProcess).output)
                let values = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"].map {
                    printed[$0]?.text ?? ""
                }
                let ours = zip(Self.names, values).map { "\($0)=\($1)\n" }.joined()
                #expect(ended.output == "AWS_DEFAULT_REGION=eu-west-1\nAWS_DEFAULT_OUTPUT=json\n" + ours)
            }
        }
    }

    @Test("It can be read from /dev/fd, as docker run --env-file <(…) does, by a first call and by a cached one")
    func processSubstitution() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let words = ["-c", "cat <(\"$0\" env --profile dev)", Stage.programs + "/aws-oidc"]
            for _ in 0..<2 {
                let ended = try await stage.run(words, program: "/bin/bash")
                #expect(Set(assignments(ended.output).keys) == Set(Self.names), "\(ended.errors)")
            }
        }
    }

    @Test("A value that docker's format can't hold is refused in one line")
    func dockerRefuses() async throws {
        try await onStage { stage in
            try stage.configureProfile("output = a\n  b\n")
            // Such a value is one of the whole reader's, which is asked where the command goes over two lines as well.
            try stage.configure(
                "[profile dev]\ncredential_process = \(stage.processLine)\n  --region us-east-1\noutput = a\n  b\n")
            try await stage.signIn()
            for _ in 0..<2 {
                let ended = try await stage.run(["env", "--profile=dev"])
                #expect(
                    [String(ended.code), ended.output, String(ended.errorLines.count)] == ["1", "", "1"],
                    "\(ended.output)")
                #expect(ended.errors.contains("AWS_DEFAULT_OUTPUT"))
                #expect(ended.errors.contains("--format"))
            }
            let json = try await stage.run(["env", "--profile=dev", "--format=json"])
            #expect(json.output.contains("\"AWS_DEFAULT_OUTPUT\": \"a\\nb\""), "\(json.output) \(json.errors)")
        }
    }

    @Test("JSON is one object of all variables")
    func json() async throws {
        try await onStage { stage in
            try stage.configureProfile("region = eu-west-1\n")
            let ended = try await stage.run(["env", "--profile=dev", "--format", "json"])
            let object = try JSONDecoder().decode([String: String].self, from: Data(ended.output.utf8))
            #expect(Set(object.keys) == Set(Self.names + ["AWS_DEFAULT_REGION"]))
        }
    }

    /// Shells, the format that each takes, and the script that takes it from `"$@"` or its like and shows its environment.
    static let shells: [(shell: String, format: String, script: [String])] = [
        ("/bin/bash", "bash", ["-c", "eval \"$(\"$@\")\" && env -0", "bash"]),
        ("/bin/dash", "bash", ["-c", "eval \"$(\"$@\")\" && env -0", "dash"]),
        ("/usr/bin/zsh", "bash", ["-f", "-c", "eval \"$(\"$@\")\" && env -0", "zsh"]),
        ("/usr/bin/fish", "fish", ["--no-config", "-c", "$argv | source; and env -0"]),
        (
            "/usr/bin/pwsh", "powershell",
            ["-NoProfile", "-Command", "Invoke-Expression (& $args[0] $args[1..99] | Out-String); env -0"]
        ),
        ("/bin/dash", "dotenv", ["-c", "set -a; eval \"$(\"$@\")\" && env -0", "dash"]),
    ]

    @Test("Each shell that is here takes what is written for it, odd values and all", arguments: shells)
    func realShells(shell: String, format: String, script: [String]) async throws {
        guard FileManager.default.isExecutableFile(atPath: shell) else {
            print("passed over: there is no \(shell) on this machine")
            return
        }
        let odd = "it's a \"b\" $HOME $(id) `id` %PATH% é\u{1F600}\u{301} \\ * ~ # ; & | 'x' -"
        try await onStage { stage in
            try stage.configureProfile(
                "region = eu-west-1\noutput = \(odd.replacingOccurrences(of: " #", with: "#").replacingOccurrences(of: " ;", with: ";"))\n"
            )
            let stale = ["AWS_SECURITY_TOKEN": "old", "AWS_PROFILE": "other", "AWS_SESSION_TOKEN": "old"]
            let words = [Stage.programs + "/aws-oidc", "env", "--profile=dev", "--format=\(format)"]
            let ended = try await stage.run(script + words, with: stale, program: shell)
            #expect(ended.code == 0, "\(ended.errors)")
            let found = assignments(ended.output, separator: "\0")
            #expect(
                found["AWS_DEFAULT_OUTPUT"]?.first
                    == odd.replacingOccurrences(of: " #", with: "#").replacingOccurrences(of: " ;", with: ";"))
            #expect(found["AWS_DEFAULT_REGION"] == ["eu-west-1"])
            let printed = try JSONValue(json: try await stage.run(stage.credsProcess).output)
            #expect(found["AWS_SESSION_TOKEN"]?.first == printed["SessionToken"]?.text)
            #expect(found["AWS_SECRET_ACCESS_KEY"]?.first == printed["SecretAccessKey"]?.text)
            if format != "dotenv" {
                #expect(found["AWS_SECURITY_TOKEN"] == nil)
                #expect(found["AWS_PROFILE"] == nil)
            }
        }
    }

    @Test("A shell keeps the name of the profile that it got the credentials of")
    func keepsProfile() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let ended = try await stage.run(["env", "--format=bash"], with: ["AWS_PROFILE": "dev"])
            #expect(!ended.output.contains("unset"), "\(ended.errors)")
            #expect(ended.output.contains("export AWS_SESSION_TOKEN='"))
        }
    }

    @Test(
        "Mistakes are one line that names them",
        arguments: [
            (["--format=csh"], "csh"), (["--session-duration=5m"], "--session-duration"), (["x"], "x"),
            (["--", "x"], "x"),
        ])
    func mistakes(arguments: [String], named: String) async throws {
        try await onStage { stage in
            try stage.configureProfile()
            try await stage.signIn()
            let ended = try await stage.run(["env", "--profile=dev"] + arguments)
            #expect(
                [String(ended.code), ended.output, String(ended.errorLines.count)] == ["1", "", "1"], "\(ended.errors)")
            #expect(ended.errors.contains(named))
        }
    }
}
