import Foundation
import StandIns
import Testing

@Suite("A credential_process that starts itself")
struct RecursionTests {
    @Test("exec within exec of the same profile ends after a few levels, with one line that says what is wrong")
    func exec() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            // What an AWS SDK does with a credential_process: it runs it, with its own environment.
            let sdk = try stage.script(
                "sdk",
                """
                #!/bin/sh
                echo started >> '\(stage.folder)/starts'
                '\(Stage.programs)/aws-oidc' exec --profile dev -- '\(stage.folder)/sdk'
                exit $?
                """)
            let ended = try await stage.run(["exec", "--profile=dev", "--", sdk])
            #expect(ended.code == 1)
            #expect(ended.errorLines.last?.contains("runs within itself") == true, "\(ended.errors)")
            #expect(ended.errorLines.filter { $0.contains("failed") }.count == 1)
            #expect(stage.text("starts").split(separator: "\n").count < 20)
        }
    }

    @Test("A wrapper that calls an SDK that calls the wrapper is stopped when it comes to us")
    func wrapper() async throws {
        try await onStage { stage in
            let sdk = try stage.script(
                "wrapper",
                """
                #!/bin/sh
                echo started >> '\(stage.folder)/starts'
                [ "$(wc -l < '\(stage.folder)/starts')" -lt 12 ] && { '\(stage.folder)/wrapper'; exit $?; }
                exec '\(Stage.programs)/aws-oidc' \(stage.credsProcess.joined(separator: " "))
                """)
            let ended = try await stage.run([], program: sdk)
            #expect(ended.code == 1)
            #expect(ended.errorLines.count == 1 && ended.errors.contains("runs within itself"), "\(ended.errors)")
            #expect(stage.visits == 0)
        }
    }

    @Test("Shells within shells, each by exec and at a person's hand, are none")
    func shells() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            try await stage.signIn()
            let terminal = try PseudoTerminal()
            _ = try stage.start(
                ["exec", "--profile=dev", "--", "/bin/sh", "-i"], input: .path(terminal.path),
                output: .path(terminal.path), errors: .path(terminal.path))
            var shown = ""
            for depth in 1...10 {
                terminal.type("echo depth$((\(depth)))\n")
                try await wait(for: "shell \(depth): \(shown)") {
                    shown += terminal.look()
                    return shown.contains("depth\(depth)") || shown.contains("failed")
                }
                terminal.type("'\(Stage.programs)/aws-oidc' exec --profile=dev -- /bin/sh -i\n")
            }
            #expect(!shown.contains("failed"), "\(shown)")
        }
    }

    @Test("exec in a shell that exec started is nothing unusual")
    func nested() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            try await stage.signIn()
            let inner = [Stage.programs + "/aws-oidc", "exec", "--profile=dev", "--", "env"]
            let ended = try await stage.run(["exec", "--profile=dev", "--"] + inner)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(assignments(ended.output)["AWS_SESSION_TOKEN"]?.count == 1)
        }
    }
}
