import Foundation
import StandIns
import Testing

extension SessionTests {
    @Test("Who signs out while a sign-in is under way is signed out, and nobody is asked once more", arguments: places)
    func signedOutMeanwhile(place: String) async throws {
        try await onStage { stage in
            let flags = flags(place, stage)
            #expect(try await stage.run(["login"] + stage.provided + flags).code == 0)
            let person = try stage.slowPerson()
            let login = try stage.start(
                ["login", "--flush-oidc-token-cache"] + stage.provided + flags, with: ["BROWSER": person.browser])
            try await wait(for: "the address") { login.showsAddress }
            let logout = try await stage.run(["logout"] + stage.provided + flags)
            #expect(logout.code == 0 && logout.output.contains("that was under way is ended"), "\(logout.output)")
            let ended = try await login.ended()
            #expect(ended.code == 1)
            #expect(ended.errors.contains("signed out while the sign-in was under way"), "\(ended.errors)")
            #expect(stage.grants == ["authorization_code"])
            try person.goOn()
            #expect(try await stage.run(["check-token-valid"] + stage.provided + flags).code == 1)
        }
    }

    @Test("Who signs out while a refresh is under way is signed out, and no browser opens", arguments: places)
    func signedOutDuringRefresh(place: String) async throws {
        try await onStage { stage in
            let flags = flags(place, stage)
            stage.provider.change { $0.tokenLife = 0 }
            #expect(try await stage.run(["login"] + stage.provided + flags).code == 0)
            stage.provider.change { ($0.tokenLife, $0.faults[.token]) = (3600, [.held]) }
            stage.forget()
            let refreshing = try stage.start(["token"] + stage.provided + flags)
            try await stage.provider.waitForRequests(1, at: .token)
            let waiting = try stage.start(["token"] + stage.provided + flags)
            try await wait(for: "a process that waits for the refresh") { waiting.errorsSoFar.contains("Waiting for ") }
            #expect(try await stage.run(["logout"] + stage.provided + flags).code == 0)
            stage.provider.change { $0.faults[.token] = nil }
            for child in [refreshing, waiting] {
                let ended = try await child.ended()
                #expect([String(ended.code), ended.output] == ["1", ""])
                #expect(ended.errors.contains("signed out meanwhile"), "\(ended.errors)")
            }
            #expect(stage.visits == 1)
            #expect(stage.grants == ["refresh_token"])
            #expect(try await stage.run(["check-token-valid"] + stage.provided + flags).code == 1)
        }
    }

    @Test("logout revokes both tokens, removes everything, and says until when AWS credentials live", arguments: places)
    func logout(place: String) async throws {
        try await onStage { stage in
            let flags = flags(place, stage)
            _ = try await stage.run(stage.credsProcess + flags)
            stage.forget()
            let ended = try await stage.run(["logout"] + stage.provided + flags)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("Signed out of \(stage.provider.issuer)"))
            #expect(ended.output.contains("has revoked the refresh token and the access token"))
            #expect(ended.output.contains(/the last of them ends at \d{4}-\d\d-\d\dT/))
            #expect(stage.requests == [.revoke, .revoke])
            #expect(try await stage.run(["check-token-valid"] + stage.provided + flags).code == 1)
            let again = try await stage.run(["logout"] + stage.provided + flags)
            #expect(again.code == 0)
            #expect(again.output.contains("there was nothing to remove"))
        }
    }

    @Test("logout --all signs out of what profiles and cached credentials name; by profile it goes too")
    func logoutOfAll() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            _ = try await stage.run(["env", "--profile", "dev"])
            let one = try await stage.run(["logout", "--profile", "dev"])
            #expect(one.output.contains("Signed out"), "\(one.errors)")
            _ = try await stage.run(["env", "--profile", "dev"])
            try stage.configure("")
            let all = try await stage.run(["logout", "--all"])
            #expect(all.output.contains("Signed out"), "\(all.errors)")
            let none = try await stage.run(["logout", "--all"])
            #expect(none.code == 0)
            #expect(none.output.contains("Nobody is signed in to what a profile or cached AWS credentials name"))

            // Neither of them names this one, and that is not kept quiet about.
            try await stage.signIn()
            #expect(try await stage.run(["logout", "--all"]).output.contains("--issuer-url and --client-id sign out"))
            #expect(try await stage.run(["status"]).output.contains("check-token-valid tells of it"))
        }
    }
}
