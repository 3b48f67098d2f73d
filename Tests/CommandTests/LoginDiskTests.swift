import Foundation
import StandIns
import Testing

@Suite("A login on disks that can't be written", .enabled(if: Namespace.isAvailable))
struct LoginDiskTests {
    @Test(
        "A login that could leave nothing behind says so in one sentence, and fails",
        arguments: [Namespace.readOnlyHome, Namespace.fullHome], [[], ["--min-ttl=8h"], ["--flush-oidc-token-cache"]])
    func login(mounts: String, flags: [String]) async throws {
        try await onStage { stage in
            let ended = try await stage.run(
                ["login"] + stage.provided + flags, wrapper: Namespace.wrapper(mounts))
            #expect([String(ended.code), ended.output] == ["1", ""])
            let told = ended.errorLines.filter { !$0.contains("Sign in to") && !$0.hasPrefix("http") }
            #expect(told.count == 1, "\(ended.errors)")
            #expect(told.first?.contains("signed in to \(stage.provider.issuer), but nothing could be kept") == true)
            #expect(told.first?.contains("--cache sqlite:PATH (AWS_OIDC_CACHE)") == true, "\(ended.errors)")
            #expect(told.first?.contains("login") == told.first?.hasPrefix("aws-oidc login: "), "\(ended.errors)")
            #expect(stage.visits == 1)
        }
    }

    @Test("A login anew that could not be kept fails, however long the session lasts that there was before")
    func loginAnew() async throws {
        try await onStage { stage in
            #expect(try await stage.run(["login"] + stage.provided).code == 0)
            let ended = try await stage.run(
                ["login"] + stage.provided + ["--flush-oidc-token-cache", "--min-ttl=1h"],
                wrapper: Namespace.wrapper(Namespace.readOnlyHome))
            #expect(ended.code == 1)
            #expect(ended.errors.contains("but nothing could be kept"), "\(ended.errors)")
        }
    }

    @Test("A login anew that could not be kept says that the tokens from before stay")
    func oldTokens() async throws {
        try await onStage { stage in
            try await stage.signIn()
            let ended = try await stage.run(
                ["login", "--flush-oidc-token-cache"] + stage.provided,
                wrapper: Namespace.wrapper(Namespace.readOnlyHome))
            #expect(ended.code == 1)
            #expect(
                ended.errors.contains("so that the tokens from before stay, and the next command uses them: "),
                "\(ended.errors)")
            #expect(!ended.errors.contains("signs in again"), "\(ended.errors)")
        }
    }
}
