import Foundation
import StandIns
import Testing

@Suite("Renewal of credentials that are still live")
struct RenewalTests {
    @Test("When they are due they are renewed silently: one request, no browser")
    func renewed() async throws {
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess)
            try stage.makeCredentialsDue()
            stage.forget()
            let second = try await stage.run(stage.credsProcess, with: ["BROWSER": nil])
            #expect(second.code == 0)
            #expect(second.errors.isEmpty)
            #expect(second.output != first.output)
            #expect(stage.requests == [.assumeRole])
        }
    }

    @Test("With 15 minutes left they are due")
    func due() async throws {
        var service = StandInSTS.Settings()
        service.credentialsLife = 3600
        try await onStage(sts: service) { stage in
            _ = try await stage.run(stage.credsProcess)
            let fields = try stage.credentialsHeader()
            let renewAfter = try #require(Int(fields[1]))
            let expiry = try #require(Int(fields[2]))
            #expect(expiry - renewAfter == 900)
        }
    }

    @Test("With STS out of order they are handed out, and STS is left alone for a minute")
    func stsDown() async throws {
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess)
            try stage.makeCredentialsDue()
            stage.sts.change { $0.faults[.assumeRole] = [.status(code: 503)] }
            let second = try await stage.run(stage.credsProcess)
            #expect(second.code == 0)
            #expect(second.output == first.output)
            stage.forget()
            let third = try await stage.run(stage.credsProcess)
            #expect([third.output, third.errors] == [first.output, ""])
            #expect(stage.requests.isEmpty)
            let postponed = try #require(Int(try stage.credentialsHeader()[1]))
            #expect((1...61).contains(postponed - Int(Date().timeIntervalSince1970)))
        }
    }

    @Test(
        "With the provider out of order, or a sign-in needed, they are handed out and no browser opens",
        arguments: [true, false])
    func noToken(isOutOfOrder: Bool) async throws {
        try await onStage { stage in
            stage.provider.change { $0.tokenLife = 60 }
            let first = try await stage.run(stage.credsProcess)
            #expect(first.code == 0, "\(first.errors)")
            try stage.makeCredentialsDue()
            stage.sts.change { $0.faults[.assumeRole] = [.refusal(code: "ExpiredTokenException")] }
            if isOutOfOrder {
                stage.provider.change { $0.faults[.token] = [.status(code: 503)] }
            } else {
                stage.provider.endSessions()
            }
            let second = try await stage.run(stage.credsProcess)
            #expect(second.code == 0)
            #expect(second.output == first.output)
            #expect(stage.visits == 1)
        }
    }

    @Test("exec and env renew what has less than three quarters of its life left, which creds-process goes on printing")
    func mostOfTheirLife() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let env = ["env", "--profile=dev"]
            func token(_ ended: Child.Ended) -> String? { assignments(ended.output)["AWS_SESSION_TOKEN"]?.first }
            let first = try await stage.run(env)
            #expect(first.code == 0, "\(first.errors)")
            try stage.setCredentials(left: 2760)
            stage.forget()
            #expect(token(try await stage.run(env)) == token(first))
            #expect(stage.requests.isEmpty)

            try stage.setCredentials(left: 2600)
            let printed = try await stage.run(stage.credsProcess)
            #expect(stage.requests.isEmpty)
            let renewed = try await stage.run(env)
            #expect(token(renewed) != token(first))
            #expect(renewed.errors.isEmpty)
            #expect(stage.requests == [.assumeRole])
            let exec = try await stage.run(["exec", "--profile=dev", "--", "/usr/bin/env"])
            #expect(token(exec) == token(renewed))
            #expect(stage.requests == [.assumeRole])
            // All have the new ones.
            #expect(try await stage.run(stage.credsProcess).output != printed.output)
        }
    }

    @Test("Where they can't be renewed, exec and env say until when they are good, and others go on as before")
    func shortForExec() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let env = ["env", "--profile=dev"]
            #expect(try await stage.run(env).code == 0)
            try stage.setCredentials(left: 1800)
            let header = try stage.credentialsHeader()
            stage.sts.change { $0.faults[.assumeRole] = [.refusal(code: "AccessDenied")] }
            for words in [env, ["exec", "--profile=dev", "--", "/usr/bin/env"]] {
                let ended = try await stage.run(words)
                #expect(ended.code == 0)
                let end = try #require(assignments(ended.output)["AWS_CREDENTIAL_EXPIRATION"]?.first)
                #expect(ended.errorLines.count == 1)
                #expect(ended.errors.contains("the AWS credentials end at \(end)"), "\(ended.errors)")
            }
            #expect(try stage.credentialsHeader() == header)
            let plain = try await stage.run(stage.credsProcess)
            #expect([String(plain.code), plain.errors] == ["0", ""])
        }
    }

    @Test("They are handed out at once while somebody else is asked to sign in")
    func signInUnderWay() async throws {
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess)
            stage.provider.endSessions()
            stage.provider.change { $0.faults[.authorize] = [.held] }
            try FileManager.default.removeItem(atPath: stage.tokenFile())
            let login = try stage.start(["login"] + stage.provided)
            try await stage.provider.waitForRequests(2, at: .authorize)
            try stage.makeCredentialsDue()
            let second = try await stage.run(stage.credsProcess)
            #expect(second.code == 0)
            #expect(second.output == first.output)
            stage.provider.change { $0.faults[.authorize] = nil }
            let ended = try await login.ended()
            #expect(ended.code == 0, "\(ended.errors)")
        }
    }
}

extension Stage {
    /// The fields of the cached record's first line.
    func credentialsHeader() throws -> [String] {
        let text = try String(contentsOfFile: credentialsFile(), encoding: .utf8)
        return text.prefix { $0 != "\n" }.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    }

    /// Makes the cached credentials end in so many seconds, and be due 15 minutes before, as time would.
    func setCredentials(left: Int) throws {
        let path = try credentialsFile()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var fields = try credentialsHeader()
        let end = Int(Date().timeIntervalSince1970) + left
        (fields[1], fields[2]) = ("\(end - 900)", "\(end)")
        try overwrite(path, Data((fields.joined(separator: " ") + text.drop { $0 != "\n" }).utf8))
    }

    /// Makes the cached credentials due for renewal, as time would.
    func makeCredentialsDue() throws {
        let path = try credentialsFile()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var fields = try credentialsHeader()
        fields[1] = "1"
        let rest = text.drop { $0 != "\n" }
        try overwrite(path, Data((fields.joined(separator: " ") + rest).utf8))
    }
}
