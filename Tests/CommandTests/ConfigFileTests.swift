import StandIns
import Testing

@Suite("An AWS config file that there is nothing to take from")
struct ConfigFileTests {
    @Test("profiles says which file it looked at, and that there is none, or none of ours in it")
    func nothing() async throws {
        try await onStage { stage in
            for (text, words) in [(nil, "there is no "), ("[profile other]\nregion = a\n", "no profile of ")] {
                if let text { try stage.configure(text) }
                for flags in [[], ["--json"]] {
                    let ended = try await stage.run(["profiles"] + flags)
                    #expect(ended.code == 0)
                    #expect(ended.output == (flags.isEmpty ? "" : "{\"version\":1,\"profiles\":[]}\n"))
                    #expect(ended.errorLines.count == 1, "\(ended.errors)")
                    #expect(ended.errors.contains("\(words)\(stage.configPath)"), "\(ended.errors)")
                }
            }
        }
    }

    @Test("What is a folder is told as one, with no word on its permissions")
    func folder() async throws {
        try await onStage { stage in
            let ended = try await stage.run(["profiles"], with: ["AWS_CONFIG_FILE": stage.folder])
            #expect([String(ended.code), ended.output] == ["1", ""])
            let words = "\(stage.folder) can't be read: Is a directory. Correct that, or name another file"
            #expect(ended.errors.contains(words), "\(ended.errors)")
        }
    }
}
