import Foundation
import StandIns
import Testing

@Suite("Signing out where something is in the way")
struct LogoutTroubleTests {
    @Test(
        "A provider that does not answer leaves a session that may live: what is here is removed, and the exit code is 1",
        arguments: [Fault.status(code: 503, retryAfter: 60), .status(code: 500, times: 9), .dropped()])
    func unrevoked(fault: Fault) async throws {
        try await onStage { stage in
            try await stage.signIn()
            stage.provider.change { $0.faults[.revoke] = [fault] }
            let ended = try await stage.run(["logout"] + stage.provided)
            #expect(ended.code == 1)
            #expect(ended.output.contains("Signed out"))
            #expect(!ended.output.contains("has revoked the refresh token"))
            #expect(ended.errors.contains("refresh token"), "\(ended.errors)")
            #expect(ended.errors.contains("the session may live on at the provider"), "\(ended.errors)")
            #expect(try await stage.run(["check-token-valid"] + stage.provided).code == 1)
        }
    }

    @Test("A provider that never revokes is a warning, since nothing could be done about it")
    func unsupported() async throws {
        try await onStage { stage in
            try await stage.signIn()
            stage.provider.change { $0.faults[.revoke] = [.refusal(code: "unsupported_token_type")] }
            let ended = try await stage.run(["logout"] + stage.provided)
            #expect(ended.code == 0)
            #expect(ended.output.contains("Signed out"))
            #expect(ended.errors.contains("did not revoke the refresh token"), "\(ended.errors)")
        }
    }

    @Test(
        "A damaged record goes, with all that may be in it, and that it could not be revoked is told",
        arguments: ["file", "nfs"])
    func damaged(cache: String) async throws {
        try await onStage { stage in
            let words = stage.provided + ["--cache=" + cache]
            let login = try await stage.run(["login"] + words)
            #expect(login.code == 0, "\(login.errors)")
            let record = try stage.tokenFile() + (cache == "nfs" ? ".d/record.1" : "")
            try stage.overwrite(record, Data("part of a token".utf8))
            let checked = try await stage.run(["check-token-valid"] + words)
            #expect(checked.code == 1)
            #expect(checked.errors.contains("is damaged") && checked.errors.contains("login"), "\(checked.errors)")
            // So says a host with a store of its own, whose looks at the home another process makes.
            let nodeLocal = ["--node-local-cache", stage.folder + "/node"]
            let elsewhere = try await stage.run(["check-token-valid"] + words + nodeLocal)
            #expect(elsewhere.code == 1 && elsewhere.errors.contains("is damaged"), "\(elsewhere.errors)")
            let ended = try await stage.run(["logout"] + words)
            #expect(ended.code == 1)
            #expect(ended.output.contains("Signed out"), "\(ended.output)")
            #expect(ended.errors.contains("is damaged, so that it is not revoked"), "\(ended.errors)")
            #expect(ended.errors.contains("the session may live on at the provider"), "\(ended.errors)")
            let left = try await stage.run(
                [], wrapper: ["/bin/grep", "-r", "part of", stage.home + "/.cache/oidc-cli"], program: "end")
            #expect(left.output == "")
            let again = try await stage.run(["logout"] + words)
            #expect(again.code == 0 && again.output.contains("Not signed in"), "\(again.errors)")
        }
    }

    @Test("What keeps tokens from being read and from being removed is told once")
    func toldOnce() async throws {
        try await onStage { stage in
            try await stage.signIn()
            try stage.makeFolder(stage.home + "/.cache/oidc-cli/format", mode: 0o700)
            let ended = try await stage.run(["logout"] + stage.provided)
            #expect(ended.code == 1)
            let words = "nothing is revoked (what is cached could not be read), and"
            #expect(ended.errors.contains(words), "\(ended.errors)")
            #expect(ended.errors.components(separatedBy: "is not to be trusted").count == 2, "\(ended.errors)")
        }
    }

    @Test("logout --all removes what it knows of without a config file that breaks off, says so, and fails")
    func brokenConfig() async throws {
        try await onStage { stage in
            #expect(try await stage.run(stage.credsProcess).code == 0)
            try stage.configure("[profile dev\n")
            let ended = try await stage.run(["logout", "--all"])
            #expect(ended.code == 1)
            #expect(ended.output.contains("Signed out of \(stage.provider.issuer)"), "\(ended.errors)")
            #expect(ended.errors.contains("/.aws/config is no AWS config file: line 1"), "\(ended.errors)")
            #expect(ended.errors.contains("Correct that, then run it again."), "\(ended.errors)")
            #expect(try await stage.run(["check-token-valid"] + stage.provided).code == 1)
        }
    }
}
