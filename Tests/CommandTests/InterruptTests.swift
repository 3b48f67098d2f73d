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
