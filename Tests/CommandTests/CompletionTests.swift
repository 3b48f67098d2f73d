import Foundation
import StandIns
import Testing

@Suite("completion")
struct CompletionTests {
    @Test(
        "It prints a script for each shell, in which the hidden commands are not",
        arguments: ["bash", "zsh", "fish", "powershell"])
    func script(shell: String) async throws {
        try await onStage { stage in
            let ended = try await stage.run(["completion", shell])
            #expect([String(ended.code), ended.errors] == ["0", ""])
            #expect(ended.output.contains("aws-oidc"))
            // The PowerShell script asks the program.
            for command in ["creds-process", "serve-config", "update-rolemap", "rsa-keygen"] {
                #expect(shell == "powershell" || ended.output.contains(command), "\(command) in \(shell)")
            }
            // What only the hidden commands have; "sign-in" is a word of the help as well.
            for hidden in ["all-tokens", "in a process of its own", "shared-store", "Look after"] {
                #expect(!ended.output.contains(hidden), "\(hidden) is offered in \(shell)")
            }
        }
    }

    @Test("The flags of the server's commands are completed: all that the server has, and no others")
    func serverFlags() async throws {
        try await onStage { stage in
            let own = try flags(try await stage.run(["--experimental-dump-help"]).output)
            let theirs = try flags(
                try await stage.run(["--experimental-dump-help"], program: Stage.programs + "/aws-oidc-server").output)
            for command in ["serve-config", "update-rolemap", "rsa-keygen"] {
                #expect(own[command]?.isEmpty == false && own[command] == theirs[command], "\(command)")
            }
            #expect(try await stage.run(["completion", "bash"]).output.contains("--tls-cert"))
        }
    }

    /// The names of each command's flags, as a program tells of itself.
    private func flags(_ help: String) throws -> [String: Set<String>] {
        struct Help: Decodable {
            struct Command: Decodable {
                struct Argument: Decodable {
                    struct Name: Decodable { let name: String }
                    let names: [Name]?
                }
                let commandName: String
                let arguments: [Argument]?
                let subcommands: [Command]?
            }
            let command: Command
        }
        let root = try JSONDecoder().decode(Help.self, from: Data(help.utf8)).command
        return Dictionary(
            (root.subcommands ?? []).map { command in
                let names = (command.arguments ?? []).flatMap { $0.names ?? [] }.map(\.name)
                return (command.commandName, Set(names).subtracting(["help", "h", "version"]))
            }, uniquingKeysWith: { $1 })
    }

    private static func program(_ shell: String) -> String? {
        ["/bin/", "/usr/bin/"].map { $0 + shell }.first(where: FileManager.default.isExecutableFile)
    }

    @Test("bash takes its script", .enabled(if: program("bash") != nil, "there is no bash"))
    func bash() async throws { try await syntax("bash") }

    @Test("zsh takes its script", .enabled(if: program("zsh") != nil, "there is no zsh"))
    func zsh() async throws { try await syntax("zsh") }

    @Test("fish takes its script", .enabled(if: program("fish") != nil, "there is no fish"))
    func fish() async throws { try await syntax("fish") }

    private func syntax(_ shell: String) async throws {
        let program = try #require(Self.program(shell))
        try await onStage { stage in
            let script = try await stage.run(["completion", shell]).output
            let path = stage.folder + "/script"
            try script.write(toFile: path, atomically: true, encoding: .utf8)
            let checked = try await Child(
                [program, "-n", path], environment: [:], folder: stage.folder, name: "checked"
            )
            .ended()
            #expect([String(checked.code), checked.errors] == ["0", ""])
        }
    }

    @Test("bash completes the names of profiles", .enabled(if: program("bash") != nil, "there is no bash"))
    func profiles() async throws {
        let bash = try #require(Self.program("bash"))
        try await onStage { stage in
            try stage.configureProfile("[profile dig]\ncredential_process = \(stage.processLine)\n")
            let script = try await stage.run(["completion", "bash"]).output
            let ask = """
                COMP_WORDS=(aws-oidc login --profile d) COMP_CWORD=3 COMP_LINE='aws-oidc login --profile d'
                COMP_POINT=${#COMP_LINE} COMP_TYPE=9; _aws-oidc aws-oidc d --profile; echo "${COMPREPLY[@]}"
                """
            try (script + "\n" + ask + "\n").write(
                toFile: stage.folder + "/script", atomically: true, encoding: .utf8)
            let ended = try await Child(
                [bash, stage.folder + "/script"],
                environment: stage.environment.merging(["PATH": Stage.programs + ":/usr/bin:/bin"]) { $1 },
                folder: stage.folder, name: "completed"
            ).ended()
            #expect(ended.output == "dev dig\n", "\(ended.errors)")
        }
    }

    @Test("A shell that there is no script for is a mistake in the arguments, told in one line")
    func unknown() async throws {
        try await onStage { stage in
            for arguments in [["completion", "tcsh"], ["completion"]] {
                let ended = try await stage.run(arguments)
                #expect([String(ended.code), ended.output] == ["1", ""])
                #expect(ended.errorLines.count == 1)
                #expect(ended.errors.contains("aws-oidc completion --help"))
            }
        }
    }
}
