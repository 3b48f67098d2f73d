import Foundation
import StandIns
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("The questions of configure")
struct ConfigurePromptTests {
    private static func few(_ stage: Stage) -> [JSONValue] {
        [
            stage.granted("111111111111", "Data Lake", "poweruser"),
            stage.granted("111111111111", "Data Lake", "reader"),
            stage.granted("222222222222", "prod", "reader"),
        ]
    }

    /// Sits at a terminal: waits for words to stand on it, presses keys.
    private final class Session {
        let terminal: PseudoTerminal
        private let before: [UInt32]
        private(set) var shown = ""
        private var unseen = ""

        init() throws {
            terminal = try PseudoTerminal()
            before = try terminal.settings()
        }

        /// Whether the terminal is as it was, to the last key.
        var isAsItWas: Bool {
            get throws { try terminal.settings() == before }
        }

        func see(_ words: String) async throws {
            try await wait(for: "\(words), but only: \(shown.suffix(600))") {
                let new = terminal.look()
                (shown, unseen) = (shown + new, unseen + new)
                return unseen.contains(words)
            }
            unseen = ""
        }

        func type(_ keys: String) { terminal.type(keys) }

        /// What a person reads, without the codes that move and colour.
        var text: String {
            shown.replacing(#/\u{1B}\[[0-9;?]*[A-Za-z]/#, with: "").replacing("\r\n", with: "\n").replacing(
                "\r", with: "")
        }
    }

    private static let enter = "\r"
    private static let down = "\u{1B}[B"

    @Test("They come in their order, Enter takes the default, and the difference is shown before it is written")
    func defaults() async throws {
        try await withConfigService(Self.few) { stage, service in
            let session = try Session()
            let child = try stage.start(stage.configure(service), input: .path(session.terminal.path))
            try await session.see("Default AWS region [us-west-2]")
            session.type(Self.enter)
            try await session.see("One profile at a time")
            session.type(Self.enter)
            try await session.see("3; arrow keys move, typing filters, Enter takes")
            session.type(Self.down + Self.enter)
            try await session.see("(5 profiles added)? [Y/n]")
            #expect(stage.configFolder.isEmpty)
            session.type(Self.enter)
            let ended = try await child.ended()
            #expect([String(ended.code), ended.errors] == ["0", ""], "\(session.text)")
            #expect(ended.output.contains("5 profiles added"))
            #expect(stage.config.contains(stage.section("prod", "222222222222", "reader")))
            #expect(stage.config.contains(stage.section("data-lake", "111111111111", "reader")))
            #expect(session.text.contains("+ [profile data-lake-poweruser]\n+ output = json\n"))
            #expect(session.text.contains("? Default AWS region: us-west-2\n"))
            #expect(try session.isAsItWas)
        }
    }

    @Test("One profile at a time: account, role, name, and whether there is another")
    func oneByOne() async throws {
        try await withConfigService(Self.few) { stage, service in
            let session = try Session()
            let child = try stage.start(
                stage.configure(service, "--default-region=us-west-2"), input: .path(session.terminal.path))
            try await session.see("One profile at a time")
            session.type("one" + Self.enter)
            try await session.see("data-lake (111111111111)")
            session.type("PROD" + Self.enter)
            try await session.see("Which role does it take?")
            session.type(Self.enter)
            try await session.see("What is the profile called? [prod]")
            session.type("no good" + Self.enter)
            try await session.see("letters, digits, _ and - only")
            session.type("mine" + Self.enter)
            try await session.see("Another profile? [Y/n]")
            session.type("n")
            try await session.see("(1 profile added)? [Y/n]")
            session.type("y")
            let ended = try await child.ended()
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.config == stage.section("mine", "222222222222", "reader"))
        }
    }

    @Test("Ctrl-C at any question leaves the file untouched and the terminal as it was", arguments: 0..<4)
    func interrupt(question: Int) async throws {
        try await withConfigService(Self.few) { stage, service in
            try stage.configure("[default]\n")
            let session = try Session()
            let child = try stage.start(stage.configure(service), input: .path(session.terminal.path))
            let questions = ["Default AWS region", "One profile at a time", "default one", "[Y/n]"]
            for words in questions[..<question] {
                try await session.see(words)
                session.type(Self.enter)
            }
            try await session.see(questions[question])
            session.type("\u{3}")
            let ended = try await child.ended()
            #expect(ended.code == 130)
            #expect(ended.errors.contains("nothing was changed"))
            #expect([stage.config, stage.configFolder.joined()] == ["[default]\n", "config"])
            #expect(try session.isAsItWas)
        }
    }

    @Test("A no leaves the file untouched; so does a signal, and the terminal is as it was")
    func refusal() async throws {
        try await withConfigService(Self.few) { stage, service in
            for ending in ["no", "signal"] {
                let session = try Session()
                let child = try stage.start(
                    stage.configure(service, "--default-region=us-west-2"), input: .path(session.terminal.path))
                try await session.see("One profile at a time")
                session.type(Self.enter)
                try await session.see("default one")
                session.type(Self.enter)
                try await session.see("[Y/n]")
                if ending == "no" { session.type("n") } else { child.signal(SIGTERM) }
                let ended = try await child.ended()
                #expect(ended.code == (ending == "no" ? 1 : 128 + SIGTERM))
                #expect(stage.configFolder.isEmpty)
                #expect(try session.isAsItWas)
            }
        }
    }

    @Test("Stopped, it gives the terminal back; in the foreground again it asks once more")
    func stopped() async throws {
        try await withConfigService(Self.few) { stage, service in
            let session = try Session()
            let child = try stage.start(stage.configure(service), input: .path(session.terminal.path))
            try await session.see("Default AWS region")
            #expect(try !session.isAsItWas)
            child.signal(SIGTSTP)
            try await wait(for: "the terminal to be given back") { try session.isAsItWas }
            child.signal(SIGCONT)
            try await session.see("Default AWS region")
            #expect(try !session.isAsItWas)
            session.type("\u{3}")
            #expect(try await child.ended().code == 130)
            #expect(try session.isAsItWas)
        }
    }

    @Test(
        "In the background it leaves the terminal to the program in front and stops; brought to the front, it asks",
        .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/stat"), "there is no /proc"))
    func background() async throws {
        try await withConfigService(Self.few) { stage, service in
            let session = try Session()
            let script = "set -m; \"$@\" & read line; echo \"got $line\"; fg >/dev/null"
            let child = try stage.start(
                stage.configure(service), wrapper: ["/bin/sh", "-c", script, "sh"],
                input: .path(session.terminal.path))
            try await wait(for: "it to stop") {
                stage.processes { $0.first == Stage.programs + "/aws-oidc" }.contains { pid in
                    let status = FileManager.default.contents(atPath: "/proc/\(pid)/stat") ?? Data()
                    return String(decoding: status, as: UTF8.self).contains(") T ")
                }
            }
            #expect(try session.isAsItWas)
            session.type("a line\n")
            try await session.see("Default AWS region")
            session.type("\u{3}")
            let ended = try await child.ended()
            #expect([String(ended.code), ended.output] == ["130", "got a line\n"], "\(ended.errors)")
            #expect(try session.isAsItWas)
        }
    }

    @Test("Thousands of accounts are filtered by typing, and standard output may lead elsewhere")
    func thousands() async throws {
        let many = { (stage: Stage) in
            (0..<5000).map { stage.granted("\(100_000_000_000 + $0)", "account \($0)", "reader") }
        }
        try await withConfigService(many) { stage, service in
            let session = try Session()
            let child = try stage.start(
                stage.configure(service, "--default-region=us-west-2", "--print-only"),
                input: .path(session.terminal.path))
            try await session.see("One profile at a time")
            session.type(Self.down + Self.enter)
            try await session.see("5000; arrow keys")
            session.type("4711")
            try await session.see("1 of 5000")
            session.type(Self.enter)
            try await session.see("Which role")
            session.type(Self.enter)
            try await session.see("[account-4711]")
            session.type(Self.enter)
            try await session.see("Another profile?")
            session.type("n")
            let ended = try await child.ended()
            #expect(ended.output == stage.section("account-4711", "100000004711", "reader"), "\(ended.errors)")
        }
    }
}
