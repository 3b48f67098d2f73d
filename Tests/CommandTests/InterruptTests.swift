import Foundation
import StandIns
import Testing

@Suite("Ctrl-C, and what is shown meanwhile")
struct InterruptTests {
    /// Where a sign-in is when the keys are pressed.
    enum Moment: CaseIterable {
        case discovery, browser, redemption, keys
    }

    @Test(
        "Ctrl-C at any moment of a sign-in leaves no process, no listener and no half-written file, and the terminal as it was",
        arguments: Moment.allCases)
    func anyMoment(moment: Moment) async throws {
        let endpoint: RequestLog.Endpoint =
            switch moment {
            case .discovery: .discovery
            case .browser: .authorize
            case .redemption: .token
            case .keys: .keys
            }
        var settings = StandInIdentityProvider.Settings()
        settings.faults[endpoint] = [.held]
        try await onStage(settings) { stage in
            let desk = try Desk(stage, ["login"] + stage.provided, ["TERM": "xterm"])
            try await stage.provider.waitForRequests(at: endpoint)
            desk.terminal.type("\u{3}")
            let ended = try await desk.child.ended()
            #expect([String(ended.code), ended.output, String(ended.errorLines.count)] == ["130", "", "1"])
            #expect(stage.signInProcesses.isEmpty)
            #expect(try desk.terminal.settings() == desk.settingsBefore)
            let files = try stage.files().keys
            #expect(files.filter { $0.contains(".new") || $0.contains(".tmp") } == [])
            // Nor a lease: the next one need not wait for anything.
            stage.provider.change { $0.faults[endpoint] = nil }
            let next = try await stage.run(["login"] + stage.provided)
            #expect(next.code == 0, "\(next.errors)")
        }
    }

    @Test("Ctrl-C that comes as the sign-in ends is heard, too")
    func lastMoment() async throws {
        try await onStage { stage in
            let person = try stage.slowPerson()
            let login = try stage.start(["login"] + stage.provided, with: ["BROWSER": person.browser])
            try await wait(for: "the address") { login.showsAddress }
            // It looks no more until all is over.
            login.signal(SIGSTOP)
            try person.goOn()
            try await wait(for: "the end of the sign-in") { stage.signInProcesses.isEmpty }
            login.signal(SIGINT)
            login.signal(SIGCONT)
            let ended = try await login.ended()
            #expect([String(ended.code), ended.output] == ["130", ""], "\(ended.errors)")
        }
    }

    /// A request that is made besides those of a sign-in.
    enum Call: CaseIterable {
        case refresh, roleTaken, rolesAsked
    }

    @Test(
        "Ctrl-C during a refresh, a call of STS or of the config service ends at once, and leaves nothing half done",
        arguments: Call.allCases)
    func anyCall(call: Call) async throws {
        try await withConfigService({ [$0.granted("111111111111", "acme", "reader")] }) { stage, service in
            try stage.configure("[default]\n")
            if call == .refresh {
                // Else the answer that nobody waits for any more has the only token that is good.
                stage.provider.change { $0.rotation = .off }
                try FileManager.default.removeItem(atPath: stage.tokenFile())
                try await stage.signInExpired()
            }
            let held: [Fault] = [.held]
            stage.provider.change { $0.faults[.token] = held }
            stage.sts.change { $0.faults[.assumeRole] = held }
            service.change { $0.faults[.roles] = held }
            let write = stage.configure(service, "--all", "--yes", "--default-region=us-west-2")
            let desk = try Desk(stage, call == .rolesAsked ? write : stage.credsProcess, ["TERM": "xterm"])
            switch call {
            case .refresh: try await stage.provider.waitForRequests(at: .token)
            case .roleTaken: try await stage.sts.waitForRequests(at: .assumeRole)
            case .rolesAsked: try await wait(for: "the request") { service.log.count(.roles) > 0 }
            }
            desk.terminal.type("\u{3}")
            let ended = try await desk.child.ended()
            #expect([String(ended.code), ended.output] == ["130", ""])
            #expect(try desk.terminal.settings() == desk.settingsBefore)
            #expect([stage.config, stage.configFolder.joined()] == ["[default]\n", "config"])
            // Nobody is waited for, the tokens are as good as they were, and room that was reserved is cleared.
            stage.provider.change { $0.faults[.token] = nil }
            stage.sts.change { $0.faults[.assumeRole] = nil }
            service.change { $0.faults[.roles] = nil }
            let next = try await stage.run(call == .rolesAsked ? write : stage.credsProcess, with: ["BROWSER": nil])
            #expect(next.code == 0, "\(next.errors)")
            #expect(try stage.files().keys.filter { $0.contains(".new") || $0.contains(".tmp") } == [])
        }
    }

    @Test("On a terminal the time that a code is good for counts down")
    func countDown() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.deviceAnswers = ["authorization_pending", "authorization_pending"]
        try await onStage(settings) { stage in
            let desk = try Desk(stage, ["login", "--device-code-flow"] + stage.provided, ["TERM": "xterm"])
            let ended = try await desk.child.ended()
            #expect(ended.code == 0, "\(ended.errors)")
            let left = desk.look().matches(of: /Waiting for the code to be entered… (\d+)m(\d+)s left/)
                .compactMap { match in Int(match.1).flatMap { minutes in Int(match.2).map { minutes * 60 + $0 } } }
            #expect(Set(left).count >= 2)
            #expect(left == left.sorted(by: >))
        }
    }
}
