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
    private static let enter = "\r"
    private static let down = "\u{1B}[B"

    @Test("They come in their order, Enter takes the default, and the difference is shown before it is written")
    func defaults() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let session = try TerminalSession()
            let child = try session.start(stage, stage.configure(service))
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
        try await withConfigService(Stage.fewRoles) { stage, service in
            let session = try TerminalSession()
            let child = try session.start(stage, stage.configure(service, "--default-region=us-west-2"))
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
        try await withConfigService(Stage.fewRoles) { stage, service in
            try stage.configure("[default]\n")
            let session = try TerminalSession()
            let child = try session.start(stage, stage.configure(service))
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
        try await withConfigService(Stage.fewRoles) { stage, service in
            for ending in ["no", "signal"] {
                let session = try TerminalSession()
                let child = try session.start(stage, stage.configure(service, "--default-region=us-west-2"))
                try await session.see("One profile at a time")
                session.type(Self.enter)
                try await session.see("default one")
                session.type(Self.enter)
                try await session.see("[Y/n]")
                if ending == "no" { session.type("n") } else { child.signal(SIGTERM) }
                let ended = try await child.ended()
                #expect(ended.code == (ending == "no" ? 1 : 128 + SIGTERM))
                if ending == "no" { #expect(ended.errors.contains("\(stage.configPath) is left as it is.")) }
                #expect(stage.configFolder.isEmpty)
                #expect(try session.isAsItWas)
            }
        }
    }

    @Test("Stopped, it gives the terminal back; in the foreground again it asks once more")
    func stopped() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let session = try TerminalSession()
            let child = try session.start(stage, stage.configure(service))
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
        try await withConfigService(Stage.fewRoles) { stage, service in
            let session = try TerminalSession()
            let script = "set -m; \"$@\" & read line; echo \"got $line\"; fg >/dev/null"
            let child = try stage.start(
                stage.configure(service), with: ["TERM": "xterm"], wrapper: ["/bin/sh", "-c", script, "sh"],
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
            let session = try TerminalSession()
            let child = try session.start(
                stage, stage.configure(service, "--default-region=us-west-2", "--print-only"))
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

    @Test("Profiles whose role is gone are named and removed on a yes alone; Enter is a no")
    func prune() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let gone = stage.section("gone", "222222222222", "gone") + stage.section("lost", "111111111111", "lost")
            try stage.configure(gone)
            for (keys, isRemoved) in [("n", false), (Self.enter, false), ("y", true)] {
                let session = try TerminalSession()
                let child = try session.start(stage, stage.configure(service, "--prune") + Stage.answers)
                try await session.see("Remove these 2 profiles? [y/N]")
                session.type(keys)
                let ended = try await child.ended()
                #expect(ended.code == 0, "\(ended.errors)")
                #expect(session.text.contains("The roles of these profiles are gone:\n  gone\n  lost\n? Remove"))
                #expect(stage.profileNames.contains("gone") != isRemoved)
                #expect(stage.profileNames.contains("lost") != isRemoved)
                #expect(stage.profileNames.contains("prod"))
                #expect(try session.isAsItWas)
            }
        }
    }

    @Test("What was typed before a question stood there does not answer it")
    func typedAhead() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            try stage.configure(stage.section("gone", "222222222222", "gone"))
            let session = try TerminalSession()
            session.type("y" + Self.enter)
            let child = try session.start(stage, stage.configure(service, "--prune") + Stage.answers)
            try await session.see("Remove it? [y/N]")
            session.type("n")
            let ended = try await child.ended()
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.profileNames.contains("gone"))
        }
    }

    @Test("What was chosen the last time is told where it holds, and is what Enter takes where it is asked")
    func asBefore() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            _ = try await stage.run(
                stage.configure(service, "--account=data-lake", "--profile-template={id}-{role}") + Stage.answers)
            try stage.configure("")
            let session = try TerminalSession()
            let child = try session.start(stage, ["configure"])
            try await session.see("Default AWS region [eu-west-1]")
            session.type(Self.enter)
            try await session.see("One profile at a time")
            session.type(Self.enter)
            try await session.see("> reader")
            session.type(Self.enter)
            try await session.see("(3 profiles added)? [Y/n]")
            session.type(Self.enter)
            let ended = try await child.ended()
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.profileNames == ["111111111111-poweruser", "111111111111-reader", "data-lake"])
            let told =
                "configure is taking --profile-template '{id}-{role}' --account 'data-lake' as the last time; --all"
            #expect(session.text.contains(told), "\(session.text)")
        }
    }

    @Test(
        "A terminal whose cursor can't be moved is told which flags to give, with nothing drawn",
        arguments: ["dumb", ""])
    func dumbTerminal(kind: String) async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let session = try TerminalSession()
            let child = try session.start(stage, stage.configure(service), ["TERM": kind])
            let ended = try await child.ended()
            #expect(ended.code == 1)
            #expect(ended.errors.contains("TERM"))
            #expect(ended.errors.contains("Give --default-region and either --default-role-name or --all, or"))
            #expect(session.terminal.look().isEmpty)
            let flags = try session.start(stage, stage.configure(service) + Stage.answers, ["TERM": kind])
            #expect(try await flags.ended().code == 0)
        }
    }

    @Test("With NO_COLOR nothing is shown in bold", arguments: ["", "1"])
    func plain(noColor: String) async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let session = try TerminalSession()
            let child = try session.start(
                stage, stage.configure(service, "--default-region=us-west-2"),
                ["TERM": "xterm", "NO_COLOR": noColor])
            try await session.see("One profile at a time")
            session.type("\u{3}")
            _ = try await child.ended()
            #expect(session.shown.contains("\u{1B}[1m") == noColor.isEmpty)
            #expect(session.text.contains("> Automatically"))
        }
    }
}
