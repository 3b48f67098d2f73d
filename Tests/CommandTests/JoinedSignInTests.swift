import Foundation
import StandIns
import Testing

@Suite("A sign-in that another process has begun")
struct JoinedSignInTests {
    /// A stage on which a sign-in waits for a person.
    private func underWay(_ body: (Stage) async throws -> Void) async throws {
        try await onStage { stage in
            let person = try stage.slowPerson()
            let login = try stage.start(["login"] + stage.provided, with: ["BROWSER": person.browser])
            try await wait(for: "the address") { login.showsAddress }
            try await body(stage)
            try person.goOn()
            #expect(try await login.ended().code == 0)
            #expect(stage.visits == 1)
        }
    }

    @Test("Ctrl-C ends the wait alone, and what is said of the browser is true for who waits")
    func interrupted() async throws {
        try await onStage { stage in
            let login = try stage.start(["login"] + stage.provided, with: ["BROWSER": "/no/such/browser"])
            try await wait(for: "the address") { login.showsAddress }
            #expect(login.errorsSoFar.contains("or open the address by hand):"), "\(login.errorsSoFar)")
            let joined = try stage.start(["login"] + stage.provided)
            try await wait(for: "the address once more") { joined.showsAddress }
            joined.signal(SIGINT)
            let ended = try await joined.ended()
            #expect(ended.code == 130)
            #expect(ended.errors.contains("; open its address in any browser:\n"), "\(ended.errors)")
            #expect(!ended.errors.contains("BROWSER"), "\(ended.errors)")
            let words = /stopped waiting, and the sign-in of process \d+ goes on\. .*aws-oidc logout/
            #expect(ended.errors.contains(words), "\(ended.errors)")
            #expect(login.isRunning && !stage.signInProcesses.isEmpty)
            #expect(try await stage.run(["logout"] + stage.provided).output.contains("under way is ended"))
            #expect(try await login.ended().code == 1)
        }
    }

    @Test("Who needs only a refresh has one, where a sign-in that somebody wanted anew is cancelled")
    func cancelled() async throws {
        try await onStage { stage in
            try await stage.signInExpired()
            let login = try stage.start(
                ["login", "--flush-oidc-token-cache"] + stage.provided, with: ["BROWSER": "/no/such/browser"])
            try await wait(for: "the address") { login.showsAddress }
            let joined = try stage.start(["token"] + stage.provided)
            try await wait(for: "the address once more") { joined.showsAddress }
            login.signal(SIGINT)
            #expect(try await login.ended().code == 130)
            let ended = try await joined.ended()
            #expect(ended.code == 0 && ended.output.contains("id_token"), "\(ended.errors)")
            #expect(stage.grants.last == "refresh_token")
            #expect(stage.visits == 1)
        }
    }

    @Test("It is waited for as long as --login-timeout says, and goes on", arguments: [["login"], ["token"]])
    func timeout(command: [String]) async throws {
        try await underWay { stage in
            let ended = try await stage.run(command + stage.provided + ["--login-timeout=1s"])
            #expect(ended.code == 1 && ended.output.isEmpty)
            #expect(ended.errors.contains("nobody has signed in within 1s"), "\(ended.errors)")
            #expect(ended.errors.contains("goes on"))
        }
    }

    @Test(
        "A flag that it does not follow is named, with what to do",
        arguments: ["--device-code-flow", "--callback-port=49999"])
    func unheeded(flag: String) async throws {
        try await underWay { stage in
            let ended = try await stage.run(["login", flag, "--login-timeout=1s"] + stage.provided)
            #expect(ended.code == 1)
            #expect(ended.errors.contains("\(flag.prefix { $0 != "=" }) has no effect on it"), "\(ended.errors)")
        }
    }
}
