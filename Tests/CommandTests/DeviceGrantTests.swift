import Foundation
import StandIns
import Testing

@Suite("Signing in on another device")
struct DeviceGrantTests {
    private static let device = "urn:ietf:params:oauth:grant-type:device_code"
    private static let code = StandInIdentityProvider.userCode

    @Test(
        "Code and address are shown, and once the person has entered the code the credentials come, without a browser")
    func success() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.deviceAnswers = ["authorization_pending"]
        try await onStage(settings) { stage in
            let ended = try await stage.run(stage.credsProcess + ["--device-code-flow"])
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("AccessKeyId"))
            #expect(ended.errors.contains("enter the code \(Self.code)"))
            #expect(ended.errors.contains("\n\(stage.provider.issuer)/device?user_code=\(Self.code)\n"))
            #expect(stage.visits == 0)
            #expect(stage.grants == [Self.device, Self.device])
            // The refresh token of such a sign-in is as good as any.
            let again = try await stage.run(["check-token-valid"] + stage.provided)
            #expect(again.output == "valid\n")
        }
    }

    @Test("Without verification_uri_complete the plain address is shown")
    func plainAddress() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.namesCompleteAddress = false
        try await onStage(settings) { stage in
            let ended = try await stage.run(
                ["--device-code-flow", "login"] + stage.provided)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.errors.contains("\n\(stage.provider.issuer)/device\n"))
        }
    }

    @Test("slow_down is obeyed: the next question comes five seconds later than it would have")
    func slowDown() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.deviceAnswers = ["slow_down"]
        settings.deviceCodeLife = 4
        try await onStage(settings) { stage in
            let ended = try await stage.run(["login", "--device-code-flow=true"] + stage.provided)
            // Six seconds after the first question the code is over.
            #expect(ended.code == 1)
            #expect(ended.errors.contains("nobody entered the code within 4 s"))
            #expect(stage.grants == [Self.device])
        }
    }

    @Test(
        "Each end of it is one line that says what happened",
        arguments: [
            ("access_denied", "the sign-in was refused: access_denied"), ("expired_token", "nobody entered the code"),
            ("invalid_grant", "refused: invalid_grant"),
        ])
    func refused(error: String, sentence: String) async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.deviceAnswers = [error]
        try await onStage(settings) { stage in
            let ended = try await stage.run(stage.credsProcess + ["--device-code-flow"])
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errorLines.last?.hasPrefix("aws-oidc creds-process failed: ") == true)
            #expect(ended.errorLines.last?.contains(sentence) == true, "\(ended.errors)")
        }
    }

    @Test("An answer without an id_token is an error that says so")
    func noIDToken() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.idTokenFault = .absent
        try await onStage(settings) { stage in
            let ended = try await stage.run(["login", "--device-code-flow"] + stage.provided)
            #expect(ended.code == 1)
            #expect(ended.errors.contains("gave no id_token"))
        }
    }

    @Test("A provider without the device grant is told by the flag to leave out")
    func noEndpoint() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.hasDeviceGrant = false
        try await onStage(settings) { stage in
            let ended = try await stage.run(["login", "--device-code-flow"] + stage.provided)
            #expect(ended.code == 1)
            #expect(ended.errors.contains("leave --device-code-flow out"))
            #expect(stage.grants.isEmpty)
        }
    }

    @Test("exec does as the profile's own command says")
    func profile() async throws {
        try await onStage { stage in
            try stage.configure("[profile dev]\ncredential_process = \(stage.processLine) --device-code-flow\n")
            let ended = try await stage.run(["exec", "--profile=dev", "--", "true"])
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.grants == [Self.device])
            #expect(stage.visits == 0)
        }
    }
}
