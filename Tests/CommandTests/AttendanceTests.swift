import Foundation
import StandIns
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Who is there")
struct AttendanceTests {
    @Test(
        "A batch process that nobody sits at fails at once and says what to run", arguments: ["creds-process", "token"])
    func batch(command: String) async throws {
        try await onStage { stage in
            let arguments = command == "token" ? ["token"] + stage.provided : stage.credsProcess
            let ended = try await stage.run(arguments, with: ["BROWSER": nil])
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errorLines.count == 1)
            #expect(ended.errors.hasPrefix("aws-oidc \(command) failed: "))
            #expect(
                ended.errors.contains(
                    "aws-oidc login --issuer-url=\(stage.provider.issuer) --client-id=\(Stage.clientID)"))
            #expect(stage.requests.isEmpty)
            #expect(stage.signInProcesses.isEmpty)
        }
    }

    @Test("A batch process refreshes like any other, and only then finds that somebody must sign in")
    func batchRefresh() async throws {
        try await onStage { stage in
            try await stage.signInExpired()
            let refreshed = try await stage.run(stage.credsProcess, with: ["BROWSER": nil])
            #expect(refreshed.code == 0, "\(refreshed.errors)")
            try stage.dropCredentials()
            try FileManager.default.removeItem(atPath: stage.tokenFile())
            let ended = try await stage.run(stage.credsProcess, with: ["BROWSER": nil])
            #expect(ended.code == 1)
            #expect(ended.errors.contains("aws-oidc login"))
        }
    }

    @Test("With a terminal, notices go there, standard error stays empty, and no key is taken from the terminal")
    func terminal() async throws {
        try await onStage { stage in
            let terminal = try PseudoTerminal()
            terminal.type("typed ahead\n")
            let child = try stage.start(stage.credsProcess, with: ["BROWSER": nil], input: .path(terminal.path))
            var shown = ""
            try await wait(for: "an address on the terminal") {
                shown += terminal.look()
                return shown.contains("code_challenge_method=S256")
            }
            let address = String(try #require(shown.firstMatch(of: /http:\/\/\S+\/authorize\?\S+/)?.0))
            try await ScriptedBrowser().open(address)
            let ended = try await child.ended()
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("AccessKeyId"))
            #expect(ended.errors.isEmpty, "\(ended.errors)")
            #expect(terminal.unreadKeys() == "typed ahead\n")
        }
    }

    @Test("Ctrl-C at the terminal cancels the sign-in that was started there")
    func terminalInterrupt() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.faults[.authorize] = [.held]
        try await onStage(settings) { stage in
            let terminal = try PseudoTerminal()
            let child = try stage.start(stage.credsProcess, input: .path(terminal.path))
            var shown = ""
            try await wait(for: "an address on the terminal") {
                shown += terminal.look()
                return shown.contains("authorize?")
            }
            terminal.type("\u{3}")
            let ended = try await child.ended()
            #expect([String(ended.code), ended.output] == ["130", ""])
            try await wait(for: "the end of the sign-in") { stage.signInProcesses.isEmpty }
        }
    }

    @Test("A closed terminal does not end the sign-in")
    func hangUp() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.faults[.authorize] = [.held]
        try await onStage(settings) { stage in
            let child = try stage.start(stage.credsProcess)
            try await stage.provider.waitForRequests(at: .authorize)
            child.signal(SIGHUP)
            let hungUp = try await child.ended()
            #expect(hungUp.code != 0)
            stage.provider.change { $0.faults[.authorize] = nil }
            let next = try await stage.run(stage.credsProcess, with: ["BROWSER": nil])
            #expect(next.code == 0, "\(next.errors)")
            #expect(stage.visits == 1)
        }
    }
}
