import Foundation
import StandIns
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Where no browser can open")
struct HeadlessTests {
    private static let headless: [String: String?] = [
        "BROWSER": nil, "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22", "TERM": "xterm",
    ]

    @Test(
        "login shows the address, the port to forward and that the address at the end can be pasted, with X forwarded too",
        arguments: [[:], ["DISPLAY": "localhost:10.0", "PATH": "/nowhere"]] as [[String: String?]])
    func offers(more: [String: String?]) async throws {
        try await onStage { stage in
            let desk = try Desk(stage, ["login"] + stage.provided, Self.headless.merging(more) { $1 })
            let address = try await desk.address()
            #expect(desk.shown.contains("SSH"))
            let port = try #require(address.firstMatch(of: /redirect_uri=http%3A%2F%2Flocalhost%3A(\d+)/)?.1)
            #expect(desk.shown.contains("ssh -L \(port):localhost:\(port)"))
            #expect(desk.shown.contains("paste it here"))
            // The listener is one of the ways: whoever forwards the port needs nothing else.
            try await ScriptedBrowser().open(address)
            let ended = try await desk.child.ended()
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(desk.look().contains("Signed in to"))
            #expect(try desk.terminal.settings() == desk.settingsBefore)
        }
    }

    @Test(
        "A pasted address signs in, longer than a terminal's line as it is; wrong lines before it are ignored with a word",
        arguments: [false, true])
    func paste(namesIssuer: Bool) async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.namesItselfInRedirect = namesIssuer
        try await onStage(settings) { stage in
            let desk = try Desk(stage, ["login"] + stage.provided, Self.headless)
            let page = try await desk.address()
            let redirect = try await stage.redirect(ofSignInAt: page)
            for (line, word) in [
                ("ls -la", "that is no address"), (page, "that is another address"),
                (redirect.replacing(/state=[^&]*/, with: "state=other"), "another sign-in"),
                (redirect.replacing(/&?state=[^&]*/, with: ""), "it has no state"),
            ] {
                try await desk.enter(line)
                try await desk.wait(for: word)
            }
            if namesIssuer {
                try await desk.enter(redirect.replacing(/iss=[^&]*/, with: "iss=https%3A%2F%2Fevil.example"))
                try await desk.wait(for: "its iss is")
            }
            #expect(stage.grants == [])
            try await desk.enter(redirect + "&session_state=" + String(repeating: "s", count: 9000))
            let ended = try await desk.child.ended()
            #expect([String(ended.code), ended.output] == ["0", ""], "\(ended.errors)")
            #expect(desk.look().contains("Signed in to"))
            let code = try #require(FormFields(encoded: redirect.drop { $0 != "?" }.dropFirst())["code"])
            #expect(!desk.shown.contains(code), "what is pasted is not echoed")
            #expect(stage.grants == ["authorization_code"])
            #expect(try desk.terminal.settings() == desk.settingsBefore)
            #expect(try await stage.run(["check-token-valid"] + stage.provided).output == "valid\n")
        }
    }

    @Test("Ctrl-D and its like are no part of what is pasted, and end nothing")
    func controlKeys() async throws {
        try await onStage { stage in
            let desk = try Desk(stage, ["login"] + stage.provided, Self.headless)
            let redirect = try await stage.redirect(ofSignInAt: try await desk.address())
            try await wait(for: "the terminal to be taken") { try desk.terminal.settings() != desk.settingsBefore }
            desk.terminal.type("\u{4}\u{4}\u{1b}x")
            try await desk.wait(for: "(1 character entered")
            #expect(!desk.look().contains("characters entered"))
            try await desk.enter("\u{15}" + redirect + "\u{4}")
            let ended = try await desk.child.ended()
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(!desk.look().contains("Ignored"))
        }
    }

    @Test(
        "Where BROWSER can't be started, a port to forward is told of to who is at another machine alone",
        arguments: [true, false])
    func unstartable(isOverSSH: Bool) async throws {
        try await onStage { stage in
            let child = try stage.start(
                ["login"] + stage.provided,
                with: ["BROWSER": "/no/such/browser", "SSH_CONNECTION": isOverSSH ? "192.0.2.1 1 192.0.2.2 22" : nil])
            try await ScriptedBrowser().open(try await stage.address(shownBy: child))
            let ended = try await child.ended()
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.errors.contains("/no/such/browser"), "\(ended.errors)")
            #expect(ended.errors.contains("ssh -L") == isOverSSH, "\(ended.errors)")
            #expect(ended.errors.contains("run this on a terminal"), "\(ended.errors)")
        }
    }

    @Test("A refusal that is pasted ends the sign-in as one that arrives does")
    func pastedRefusal() async throws {
        try await onStage { stage in
            let desk = try Desk(stage, ["login"] + stage.provided, Self.headless)
            let redirect = try await stage.redirect(ofSignInAt: try await desk.address())
            try await desk.enter(redirect.replacing(/code=[^&]*/, with: "error=access_denied"))
            let ended = try await desk.child.ended()
            #expect(ended.code == 1)
            #expect(ended.errorLines.count == 1)
            #expect(ended.errors.contains("access_denied"))
            #expect(try desk.terminal.settings() == desk.settingsBefore)
        }
    }

    @Test(
        "Whatever ends login, the terminal is as it was, and Ctrl-C leaves no process of the sign-in",
        arguments: ["\u{3}", "TERM", "HUP", "QUIT"])
    func restored(end: String) async throws {
        try await onStage { stage in
            let desk = try Desk(stage, ["login"] + stage.provided, Self.headless)
            _ = try await desk.address()
            try await wait(for: "the terminal to be taken") { try desk.terminal.settings() != desk.settingsBefore }
            if end == "\u{3}" {
                desk.terminal.type(end)
            } else {
                desk.child.signal(["TERM": SIGTERM, "HUP": SIGHUP, "QUIT": SIGQUIT][end] ?? SIGTERM)
            }
            let ended = try await desk.child.ended()
            #expect(ended.code == (end == "\u{3}" ? 130 : ["TERM": 143, "HUP": 129, "QUIT": 131][end]))
            #expect(try desk.terminal.settings() == desk.settingsBefore)
            // Nothing of it may be left when the prompt is back.
            if end == "\u{3}" { #expect(stage.signInProcesses.isEmpty) }
            #expect(desk.terminal.unreadKeys().isEmpty)
        }
    }

    @Test("Ctrl-Z gives the terminal back, and in the foreground again pasting goes on")
    func stopped() async throws {
        try await onStage { stage in
            let desk = try Desk(stage, ["login"] + stage.provided, Self.headless)
            let redirect = try await stage.redirect(ofSignInAt: try await desk.address())
            try await wait(for: "the terminal to be taken") { try desk.terminal.settings() != desk.settingsBefore }
            desk.child.signal(SIGTSTP)
            try await wait(for: "the terminal to be given back") {
                try desk.terminal.settings() == desk.settingsBefore
            }
            desk.child.signal(SIGCONT)
            try await wait(for: "the terminal to be taken again") {
                try desk.terminal.settings() != desk.settingsBefore
            }
            try await desk.enter(redirect)
            let ended = try await desk.child.ended()
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(try desk.terminal.settings() == desk.settingsBefore)
        }
    }

    @Test(
        "creds-process, exec and env show the address and how else it goes, and never take a key", arguments: [0, 1, 2])
    func others(which: Int) async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let arguments = [
                stage.credsProcess, ["exec", "--profile=dev", "--", "true"], ["env", "--profile=dev"],
            ][which]
            let desk = try Desk(stage, arguments, Self.headless)
            desk.terminal.type("typed ahead\n")
            let address = try await desk.address()
            #expect(desk.shown.contains("run aws-oidc login"))
            #expect(!desk.shown.contains("paste"))
            #expect(try desk.terminal.settings() == desk.settingsBefore)
            try await ScriptedBrowser().open(address)
            let ended = try await desk.child.ended()
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(desk.terminal.unreadKeys() == "typed ahead\n")
        }
    }

    @Test("login without any terminal shows the address on standard error and reads nothing")
    func noTerminal() async throws {
        try await onStage { stage in
            let child = try stage.start(["login"] + stage.provided, with: Self.headless)
            let address = try await stage.address(shownBy: child)
            #expect(!child.errorsSoFar.contains("paste"))
            try await ScriptedBrowser().open(address)
            #expect(try await child.ended().code == 0)
        }
    }

    @Test(
        "How long it has taken is shown in place on a terminal that can do so, without colours",
        arguments: [("xterm", true), ("dumb", false), ("", false)])
    func elapsed(kind: String, isShown: Bool) async throws {
        try await onStage { stage in
            let desk = try Desk(stage, ["login"] + stage.provided, ["TERM": kind, "NO_COLOR": "1", "BROWSER": "/none"])
            let address = try await desk.address()
            if isShown { try await desk.wait(for: "Waiting for the browser… 1s") }
            try await ScriptedBrowser().open(address)
            #expect(try await desk.child.ended().code == 0)
            let all = desk.look()
            #expect(all.contains("Waiting for") == isShown, "\(all)")
            #expect(all.contains("\u{1b}") == isShown)
            #expect(!all.contains(/\u{1b}\[[0-9;]*m/))
        }
    }
}
