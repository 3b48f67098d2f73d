import Foundation
import StandIns
import Testing

@Suite("exec that can't")
struct ExecFailureTests {
    @Test(
        "A command that is not there is 127, one that can't be executed 126, each in one line and before anybody signs in"
    )
    func missingCommands() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let plain = try stage.script("plain", "echo\n", mode: 0o644)
            let binary = try stage.script("binary", "\u{7F}ELF\0\0\n")
            let orphan = try stage.script("orphan", "#!/no/such/reader\n")
            for (name, code) in [
                ("no-such-command", Int32(127)), (stage.folder + "/no/such", 127), ("", 127), (plain, 126),
                (stage.folder, 126),
            ] {
                let ended = try await stage.run(["exec", "--profile=dev", "--", name])
                #expect(ended.code == code, "\(name): \(ended.errors)")
                #expect([ended.output, String(ended.errorLines.count)] == ["", "1"], "\(ended.errors)")
                #expect(ended.errors.hasPrefix("aws-oidc exec failed: the command "))
                #expect(name.isEmpty || ended.errors.contains(name))
            }
            #expect(stage.visits == 0)
            try await stage.signIn()
            for name in [binary, orphan] {
                for _ in 0..<2 {
                    let ended = try await stage.run(["exec", "--profile=dev", "--", name])
                    #expect(ended.code == 126, "\(name): \(ended.errors)")
                    #expect(ended.errorLines.count == 1)
                }
            }
        }
    }

    @Test(
        "No command is a mistake on the command line",
        arguments: [["exec"], ["exec", "--"], ["exec", "--profile=dev"], ["exec", "--profile", "dev", "--"]])
    func noCommand(arguments: [String]) async throws {
        try await onStage { stage in
            try stage.configureProfile()
            try await stage.signIn()
            let ended = try await stage.run(arguments)
            #expect([String(ended.code), ended.output, String(ended.errorLines.count)] == ["1", "", "1"])
            #expect(ended.errors.contains("name one after --"))
        }
    }

    @Test(
        "A duration that AWS does not give is refused by the flag's name",
        arguments: ["14m59s", "12h1s", "0", "1", "soon", "3600"])
    func wrongDuration(text: String) async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let ended = try await stage.run(["exec", "--profile=dev", "--session-duration=\(text)", "--", "true"])
            #expect([String(ended.code), ended.output, String(ended.errorLines.count)] == ["1", "", "1"])
            #expect(ended.errors.contains("--session-duration"))
            #expect(stage.visits == 0)
        }
    }

    @Test("A failure of STS or of the sign-in is one line, and the command does not run")
    func failures() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let marker = stage.folder + "/ran"
            let batch = try await stage.run(["exec", "--profile=dev", "--", "touch", marker], with: ["BROWSER": nil])
            #expect([String(batch.code), String(batch.errorLines.count)] == ["1", "1"])
            #expect(batch.errors.hasPrefix("aws-oidc exec failed: "))
            #expect(batch.errors.contains("aws-oidc login"))
            try await stage.signIn()
            stage.sts.change { $0.faults[.assumeRole] = [.refusal(code: "AccessDenied")] }
            let refused = try await stage.run(["exec", "--profile=dev", "--", "touch", marker])
            #expect(refused.code == 1)
            #expect(refused.errors.contains("AccessDenied"))
            #expect(!FileManager.default.fileExists(atPath: marker))
        }
    }

    @Test("After a sign-in that nobody answered, exec starts the next one at a terminal only")
    func pause() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let command = ["exec", "--profile=dev", "--", "/bin/echo", "ran"]
            _ = try await stage.run(
                stage.credsProcess + ["--login-timeout", "1s"], with: ["STAND_IN_BROWSER": "abandon"])
            try await wait(for: "the end of the sign-in") { stage.signInProcesses.isEmpty }
            try stage.removeVerdicts()
            let batch = try await stage.run(command)
            #expect([String(batch.code), batch.output] == ["1", ""])
            #expect(batch.errors.contains("was not answered"), "\(batch.errors)")
            let terminal = try PseudoTerminal()
            let person = try await stage.run(command, input: .path(terminal.path))
            #expect([String(person.code), person.output] == ["0", "ran\n"], "\(person.errors)")
            #expect(stage.visits == 2)
        }
    }
}
