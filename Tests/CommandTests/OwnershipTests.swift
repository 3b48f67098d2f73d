import Foundation
import StandIns
import Testing

@Suite("Whose credentials are handed out, and to whom")
struct OwnershipTests {
    private func accessKey(_ ended: Child.Ended) throws -> String {
        try #require(try JSONValue(json: ended.output)["AccessKeyId"]?.text)
    }

    @Test(
        "Somebody else who signs in never gets the credentials of the one before, even where no token tells of that one"
    )
    func anotherPerson() async throws {
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess)
            try FileManager.default.removeItem(atPath: stage.home + "/.cache")
            stage.provider.change {
                $0.user.subject = "somebody-else"
                $0.user.email = "else@example.com"
            }
            #expect(try await stage.run(["login"] + stage.provided).code == 0)

            let second = try await stage.run(stage.credsProcess)
            #expect(second.code == 0, "\(second.errors)")
            #expect(try accessKey(second) != accessKey(first))
            #expect(stage.sts.log.count(.assumeRole) == 2)
        }
    }

    @Test("A client id that begins with a dash signs in like any other")
    func dashedClient() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.clientID = "-odd-client"
        try await onStage(settings) { stage in
            let ended = try await stage.run([
                "login", "--issuer-url=\(stage.provider.issuer)", "--client-id=-odd-client",
            ])
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.visits == 1)
        }
    }

    @Test("A provider that does not know the client is asked once by all who ask at the same time")
    func unknownClient() async throws {
        try await onStage(alone: true) { stage in
            try await stage.signInExpired()
            stage.provider.change {
                $0.faults[.token] = [.refusal(code: "invalid_client", message: "gone", status: 401)]
            }
            let children = try (0..<8).map { _ in try stage.start(stage.credsProcess) }
            for child in children {
                let ended = try await child.ended()
                #expect(ended.code == 1)
                #expect(ended.errors.contains("--client-id"))
            }
            #expect(stage.provider.log.count(.token) == 1)
        }
    }

    @Test("What can't lead to credentials is refused before anybody is asked to sign in")
    func checkedFirst() async throws {
        try await onStage { stage in
            let region = try await stage.run(stage.credsProcess + ["--region=evil.example/"])
            #expect(region.code == 1)
            #expect(region.errors.contains("region"))
            stage.provider.change { $0.faults[.keys] = [.status(code: 500)] }
            let keyless = try await stage.run(stage.credsProcess)
            #expect(keyless.code == 1)
            #expect(keyless.errors.contains("out of order"))
            #expect(stage.visits == 0)
        }
    }

    @Test("A browser that can't be started is named, with the address to open by hand")
    func browserIsNamed() async throws {
        try await onStage { stage in
            let ended = try await stage.run(
                ["login", "--login-timeout=1s"] + stage.provided, with: ["BROWSER": "/no/such/browser"])
            #expect(ended.code == 1)
            #expect(ended.errors.contains("/no/such/browser"))
            #expect(ended.errors.contains("/authorize?"))
        }
    }
}
