import Foundation
import StandIns
import Testing

@Suite("What a person does in the browser")
struct SignInOutcomeTests {
    @Test("Saying no ends the call at once, with one line that says so")
    func denied() async throws {
        try await onStage { stage in
            let ended = try await stage.run(stage.credsProcess, with: ["STAND_IN_BROWSER": "deny"])
            #expect([String(ended.code), ended.output] == ["1", ""])
            let failures = ended.errorLines.filter { $0.hasPrefix("aws-oidc creds-process failed: ") }
            #expect(failures.count == 1)
            #expect(failures.first?.contains("access_denied") == true)
            #expect(stage.visits == 1)
            #expect(stage.grants.isEmpty)
        }
    }

    @Test("Going away ends the call after the time-out; the next one fails at once, until a person asks for a sign-in")
    func abandoned() async throws {
        try await onStage { stage in
            let abandoned = try await stage.run(
                stage.credsProcess + ["--login-timeout", "1s"], with: ["STAND_IN_BROWSER": "abandon"])
            #expect([String(abandoned.code), abandoned.output] == ["1", ""])
            #expect(abandoned.errorLines.last?.contains("nobody signed in within 1 s") == true)
            try await wait(for: "the end of the sign-in") { stage.signInProcesses.isEmpty }
            // The verdict is shared for some seconds; what comes after it is the pause.
            try stage.removeVerdicts()
            stage.forget()
            let next = try await stage.run(stage.credsProcess)
            #expect([String(next.code), next.output] == ["1", ""])
            #expect(next.errorLines.count == 1)
            #expect(next.errors.contains("was not answered"))
            #expect(next.errors.contains("aws-oidc login --issuer-url=\(stage.provider.issuer) --client-id="))
            #expect(stage.requests.isEmpty)
            #expect(stage.visits == 1)

            let login = try await stage.run(["login"] + stage.provided)
            #expect(login.code == 0, "\(login.errors)")
            let after = try await stage.run(stage.credsProcess)
            #expect(after.code == 0, "\(after.errors)")
            #expect(stage.visits == 2)
        }
    }

    @Test("A stranger's knock at the redirect changes nothing")
    func foreignState() async throws {
        try await onStage { stage in
            let ended = try await stage.run(stage.credsProcess, with: ["STAND_IN_BROWSER": "foreign-state"])
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.visits == 1)
        }
    }

    @Test(
        "A browser that can't be started costs nothing: the address is shown, and opened by hand",
        arguments: ["/no/such/browser", "/etc/passwd", "no-such-browser", "\"unclosed"])
    func browserMissing(browser: String) async throws {
        try await onStage { stage in
            let child = try stage.start(stage.credsProcess, with: ["BROWSER": browser])
            let address = try await stage.address(shownBy: child)
            try await ScriptedBrowser().open(address)
            let ended = try await child.ended()
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("AccessKeyId"))
        }
    }

    @Test(
        "A redirect that is not the provider's own answer is passed over, or refused",
        arguments: [
            StandInIdentityProvider.RedirectFault.wrongIssuer, .missingIssuer, .wrongState, .missingState,
        ])
    func redirectFaults(fault: StandInIdentityProvider.RedirectFault) async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.redirectFault = fault
        try await onStage(settings) { stage in
            let ended = try await stage.run(stage.credsProcess + ["--login-timeout=2s"])
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(stage.grants.isEmpty)
        }
    }

    @Test(
        "An id_token that is not what was asked for is refused, in a line",
        // Nobody knows yet who signs in: any subject is right.
        arguments: StandInIdentityProvider.IDTokenFault.allCases.filter { $0 != .wrongSubject })
    func idTokenFaults(fault: StandInIdentityProvider.IDTokenFault) async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.idTokenFault = fault
        try await onStage(settings) { stage in
            let ended = try await stage.run(stage.credsProcess)
            #expect([String(ended.code), ended.output] == ["1", ""], "\(fault)")
            #expect(ended.errorLines.filter { $0.hasPrefix("aws-oidc creds-process failed: ") }.count == 1)
            #expect(ended.errors.contains("id_token"), "\(fault): \(ended.errors)")
            #expect(stage.sts.log.entries.isEmpty)
        }
    }
}

extension Stage {
    /// The address that a program asks the person to open; an error has what a program said that ended without one.
    func address(shownBy child: Child) async throws -> String {
        try await wait(for: "an address on standard error") {
            child.errorsSoFar.contains(/http:\/\/[^\s]+\/authorize\?[^\s]+\n/) || !child.isRunning
        }
        let errors = child.errorsSoFar
        guard let address = errors.firstMatch(of: /http:\/\/[^\s]+\/authorize\?[^\s]+/)?.0 else {
            throw NeverHappened(what: "an address on standard error, but: \(errors)")
        }
        return String(address)
    }

    /// Signs in at the provider's page, and gives the address that it redirects to.
    func redirect(ofSignInAt address: String) async throws -> String {
        let user = provider.settings.user
        let fields = FormFields([
            ("request", String(address.drop { $0 != "?" }.dropFirst())), ("username", user.username),
            ("password", user.password), ("decision", "allow"),
        ])
        let answer = try await LoopbackHTTP.post(fields, to: provider.issuer + "/authorize")
        return try #require(answer[header: "location"])
    }

    /// Forgets final answers that are shared for a moment.
    func removeVerdicts() throws {
        let folder = runtime + "/aws-oidc"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasPrefix("verdict-") {
            try FileManager.default.removeItem(atPath: folder + "/" + name)
        }
    }
}
