import Foundation
import StandIns
import Testing

@Suite("Trouble with the identity provider")
struct ProviderTroubleTests {
    @Test(
        "An issuer that can't be one is refused before anybody is asked",
        arguments: ["http://login.example.com", "ftp://login.example.com", "login.example.com", "https://", ""])
    func badIssuer(issuer: String) async throws {
        try await onStage { stage in
            let ended = try await stage.run(
                ["creds-process", "--issuer-url=\(issuer)", "--client-id=a", "--aws-role-arn=\(Stage.role)"])
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errorLines.count == 1)
            #expect(ended.errors.contains("issuer"), "\(ended.errors)")
            #expect(stage.visits == 0)
        }
    }

    @Test("A provider that can't be reached is named in one line, and no browser opens")
    func unreachable() async throws {
        try await onStage { stage in
            let ended = try await stage.run(
                ["creds-process", "--issuer-url=http://127.0.0.1:1", "--client-id=a", "--aws-role-arn=\(Stage.role)"])
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.failures.count == 1)
            #expect(ended.errors.contains("127.0.0.1 can't be reached"))
            #expect(stage.visits == 0)
        }
    }

    @Test("A provider that answers with a web page is no provider")
    func webPage() async throws {
        try await onStage { stage in
            stage.provider.change { $0.faults[.discovery] = [.garbage()] }
            let ended = try await stage.run(stage.credsProcess)
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.failures.count == 1)
            #expect(ended.errors.contains("did not answer as an OpenID Connect provider does"))
            #expect(ended.errors.contains("--issuer-url"))
            #expect(stage.visits == 0)
        }
    }

    @Test("A provider that calls itself otherwise is not believed")
    func wrongIssuer() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.discoveredIssuer = "https://another.example.com"
        try await onStage(settings) { stage in
            let ended = try await stage.run(stage.credsProcess)
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.failures.count == 1)
            #expect(ended.errors.contains("calls itself \"https://another.example.com\""))
            #expect(stage.visits == 0)
        }
    }

    @Test("An unknown client is told as that, and no refresh is tried in vain")
    func unknownClient() async throws {
        try await onStage { stage in
            stage.provider.change {
                $0.faults[.token] = [.refusal(code: "invalid_client", message: "who are you", status: 401)]
            }
            let ended = try await stage.run(stage.credsProcess)
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errors.contains("--client-id"))
        }
    }

    @Test(
        "What passes is tried again, and the person hears nothing of it",
        arguments: [
            (RequestLog.Endpoint.discovery, Fault.status(code: 503, times: 1)),
            (.discovery, .dropped(times: 1)), (.keys, .status(code: 500, times: 1)), (.keys, .answerLost(times: 1)),
        ])
    func transient(endpoint: RequestLog.Endpoint, fault: Fault) async throws {
        try await onStage { stage in
            stage.provider.change { $0.faults[endpoint] = [fault] }
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.visits == 1)
        }
    }

    @Test("A refresh that meets trouble which passes is tried again, and no browser opens")
    func transientRefresh() async throws {
        try await onStage { stage in
            try await stage.signInExpired()
            stage.provider.change { $0.faults[.token] = [.status(code: 503, times: 2)] }
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.visits == 1)
        }
    }

    @Test("With discovery and keys cached, a provider whose documents are gone still refreshes")
    func documentsGone() async throws {
        try await onStage { stage in
            try await stage.signInExpired()
            stage.provider.change {
                $0.faults[.discovery] = [.status(code: 503)]
                $0.faults[.keys] = [.status(code: 503)]
            }
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.code == 0, "\(ended.errors)")
        }
    }

    @Test("Keys that were changed meanwhile are fetched once, by sign-in and by refresh")
    func rotatedKeys() async throws {
        try await onStage { stage in
            try await stage.signInExpired()
            stage.provider.rotateKeys()
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.requests == [.token, .keys, .assumeRole])
        }
    }

    @Test("A TLS certificate that has expired is told as that", .enabled(if: ExpiredServer.isAvailable))
    func expiredCertificate() async throws {
        try await onStage { stage in
            let server = try await ExpiredServer(stage)
            let ended = try await stage.run(
                [
                    "creds-process", "--issuer-url=https://localhost:\(server.port)", "--client-id=a",
                    "--aws-role-arn=\(Stage.role)",
                ], with: ["SSL_CERT_FILE": server.certificate])
            server.child.signal(SIGKILL)
            _ = try await server.child.ended()
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.failures.count == 1)
            #expect(ended.errors.contains("expired"), "\(ended.errors)")
            #expect(ended.errors.contains("clock"))
            #expect(stage.visits == 0)
        }
    }

    @Test("A clock that is an hour off is told, and by how much", arguments: [-3600 as Int64, 3600])
    func clock(offset: Int64) async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.clockOffset = offset
        var service = StandInSTS.Settings()
        service.clockOffset = offset
        try await onStage(settings, sts: service) { stage in
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.errors.contains(/\b(3599|360[01]) s\b/), "\(ended.errors)")
            #expect(ended.errors.contains("clock"))
            #expect((ended.code == 0) == ended.output.contains("AccessKeyId"))
        }
    }
}

extension Child.Ended {
    /// The lines that say why there is no answer.
    var failures: [String] { errorLines.filter { $0.hasPrefix("aws-oidc ") && $0.contains(" failed: ") } }
}

/// An HTTPS server whose certificate was valid for a day in 2020.
private struct ExpiredServer {
    let child: Child
    let port: Int
    let certificate: String

    static let isAvailable = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

    init(_ stage: Stage) async throws {
        certificate = stage.folder + "/expired.pem"
        let make = """
            cd '\(stage.folder)' && mkdir ca && touch ca/index && echo 01 >ca/serial &&
            printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=ca/index\\nserial=ca/serial\\nnew_certs_dir=ca\\n' >ca/config &&
            printf 'default_md=sha256\\npolicy=p\\n[p]\\ncommonName=supplied\\n[x]\\nsubjectAltName=DNS:localhost\\n' \
            >>ca/config && printf '[req]\\ndistinguished_name=n\\n[n]\\n' >>ca/config &&
            openssl req -new -newkey rsa:2048 -nodes -keyout key.pem -subj /CN=localhost -out request -config ca/config &&
            openssl ca -batch -selfsign -config ca/config -keyfile key.pem -in request -out expired.pem -notext \
            -extensions x -startdate 20200101000000Z -enddate 20200102000000Z
            """
        let environment = ["PATH": "/usr/bin:/bin", "STAND_IN_BROWSER_LOG": stage.folder + "/visits"]
        let made = try await Child(
            ["/bin/sh", "-c", make], environment: environment, folder: stage.folder, name: "make-certificate"
        ).ended()
        guard made.code == 0 else { throw NeverHappened(what: "a certificate: \(made.errors)") }
        child = try Child(
            [
                "/usr/bin/openssl", "s_server", "-accept", "localhost:0", "-cert", certificate, "-key",
                stage.folder + "/key.pem", "-www",
            ], environment: environment, folder: stage.folder, name: "expired-server")
        try await wait(for: "the TLS server") { stage.text("expired-server.stdout").contains(/ACCEPT .*:\d+\n/) }
        let text = stage.text("expired-server.stdout")
        guard let port = text.firstMatch(of: /ACCEPT .*:(\d+)\n/).flatMap({ Int($0.1) }) else {
            throw NeverHappened(what: "a port: \(text)")
        }
        self.port = port
    }
}
