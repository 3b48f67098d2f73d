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
            #expect(shell == "powershell" || ended.output.contains("creds-process"))
            // What only the hidden commands have; "sign-in" is a word of the help as well.
            for hidden in ["all-tokens", "in a process of its own", "shared-store", "Look after"] {
                #expect(!ended.output.contains(hidden), "\(hidden) is offered in \(shell)")
            }
        }
    }

    @Test("The shells that are here take their script", arguments: ["bash", "zsh", "fish"])
    func syntax(shell: String) async throws {
        guard
            let program = ["/bin/", "/usr/bin/"].map({ $0 + shell }).first(where: FileManager.default.isExecutableFile)
        else { return }
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
