import Foundation
import StandIns
import Testing

/// `serve-config` as people and clusters use it.
@Suite("The config service")
struct ServeConfigTests {
    @Test("a person is told their roles, in the form that clients out there read")
    func roles() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader", "writer"])
            let answer = try await service.get("/", token: try stage.provider.idToken())
            #expect(answer.status == 200)
            #expect(answer[header: "content-type"] == "application/json")
            let profiles = try #require(answer.json["profiles"]?.list)
            #expect(profiles.compactMap { $0["role_name"]?.text } == ["reader", "writer"])
            #expect(profiles[0]["aws_account"]?["alias"]?.text == "acme")
            #expect(profiles[0]["issuer_url"]?.text == stage.provider.issuer)
            #expect(answer.json["conditional"] == nil)
            let extended = try await service.get("/?extended=1", token: try stage.provider.idToken())
            #expect(extended.json["conditional"]?.list == [])
            #expect(extended.json["stale"]?.list == [])
            try await service.end()
        }
    }

    @Test("a person's whole config file is written for them")
    func config() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader", "writer"])
            let token = try stage.provider.idToken()
            let answer = try await service.get("/config?region=eu-central-1&role=reader", token: token)
            #expect(answer.status == 200)
            #expect(answer[header: "content-type"] == "text/plain; charset=utf-8")
            for name in ["acme", "acme-reader", "acme-writer"] {
                #expect(answer.text.contains("[profile \(name)]\n"), "\(answer.text)")
            }
            #expect(answer.text.contains("region = eu-central-1\n"))
            let command = "credential_process = aws-oidc creds-process --issuer-url=\(stage.provider.issuer)"
            #expect(answer.text.contains(command))
            #expect(try await service.get("/config?region=x%0A[y]", token: token).status == 400)
            #expect(try await service.get("/config", token: nil).status == 401)
            try await service.end()
        }
    }

    @Test("no config file is an error, and roles without a profile are comments in it")
    func noConfig() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["a/dev", "b/dev"])
            let token = try stage.provider.idToken()
            let clash = try await service.get("/config", token: token)
            #expect(clash.status == 409 && clash.text.contains("role/a/dev and arn:"), "\(clash.text)")
            try stage.writeMap(["a/dev", "b/dev", "reader"])
            try await service.until("the new map is served") {
                try await service.get("/config", token: token).status == 200
            }
            let some = try await service.get("/config?role=nosuch", token: token).text
            #expect(some.contains("[profile acme-reader]\n") && !some.contains("[profile acme-dev]"))
            let comments = some.split(separator: "\n").filter { $0.hasPrefix("# ") }
            #expect(comments.count == 2 && comments[0].contains("is named nosuch"), "\(some)")
            #expect(comments.last?.contains("no profile is named acme-dev") == true)
            let others = stage.mapText(["reader"]).replacingOccurrences(of: Stage.clientID, with: "another-client")
            try Data(others.utf8).write(to: URL(fileURLWithPath: stage.mapFile), options: .atomic)
            try await service.until("the person has no role") {
                try await service.get("/config", token: token).status == 404
            }
            let none = try await service.get("/config", token: token)
            #expect(none.text == "the config service grants you no role. Ask your AWS administrator for access.\n")
            try await service.end()
        }
    }

    @Test("a hang-up has it end as SIGTERM does")
    func hangUp() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            service.child.signal(SIGHUP)
            let ended = try await service.child.ended()
            #expect(ended.code == 0 && ended.errors.contains("the config service has ended"), "\(ended.errors)")
        }
    }

    @Test("a TLS handshake that fails has its line in the log, and is counted")
    func noTLS() async throws {
        try await onStage { stage in
            let (chain, key) = (stage.folder + "/chain.pem", stage.folder + "/key.pem")
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
            process.arguments =
                [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", key, "-out",
                    chain,
                ]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            let service = try await stage.serve(
                map: ["reader"], arguments: ["--directory=id-token", "--tls-cert", chain, "--tls-key", key])
            _ = try? await service.get("/health")
            try await service.until("it is told of") { !service.accessLines.isEmpty }
            let line = try #require(service.accessLines.first)
            #expect(line["msg"]?.text == "no request" && line["peer"]?.text == "127.0.0.1", "\(line)")
            #expect(line["reason"]?.text == "the TLS handshake failed: http request", "\(line)")
            try await service.end()
        }
    }

    @Test("a signature is verified once, however often its token comes")
    func once() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            let token = try stage.provider.idToken()
            for _ in 1...20 { #expect(try await service.get("/", token: token).status == 200) }
            let metrics = try await service.get("/metrics").text
            #expect(metrics.contains("aws_oidc_token_verifications_total 1\n"))
            #expect(metrics.contains("aws_oidc_token_cache_hits_total 19\n"))
            #expect(metrics.contains("aws_oidc_requests_total{path=\"/\",status=\"200\"} 20\n"))
            #expect(stage.provider.log.count(.keys) == 1)
            try await service.end()
        }
    }

    @Test("Okta tells what a person has, and its last answer serves while it is down")
    func okta() async throws {
        try await onStage { stage in
            stage.provider.change { $0.okta = .init(apps: [$0.user.subject: ["stand-in-client", "0oaother"]]) }
            let key = try #require(Self.privateKey)
            let service = try await stage.serve(
                map: ["reader"], arguments: [],
                with: ["OKTA_SERVICE_CLIENT_ID": "0oaservice", "OKTA_PRIVATE_KEY": key])
            let token = try stage.provider.idToken()
            #expect(try await service.get("/", token: token).json["profiles"]?.list?.count == 1)
            let stranger = try stage.provider.idToken(subject: "00u-nobody")
            #expect(try await service.get("/", token: stranger).json["profiles"]?.list == [])
            // Who can't be asked about is told so, and nobody else is the worse for it.
            let odd = try await service.get("/", token: try stage.provider.idToken(subject: "a b\"c"))
            #expect(odd.status == 403 && odd.text.contains("ask whoever runs the service"))
            let metrics = try await service.get("/metrics").text
            #expect(metrics.contains("aws_oidc_directory_ok 1\n"))
            #expect(metrics.contains("aws_oidc_directory_requests_total 3\n"))
            #expect(metrics.contains("aws_oidc_directory_failures_total 0\n"))
            stage.provider.change { $0.faults[.apps] = [.status(code: 503)] }
            #expect(try await service.get("/", token: token).status == 200)
            let unknown = try await service.get("/", token: try stage.provider.idToken(subject: "00u-new"))
            #expect(unknown.status == 503)
            #expect(!unknown.text.contains("503"))
            let asked = stage.provider.log.count(.apps)
            let next = try await service.get("/", token: try stage.provider.idToken(subject: "00u-next"))
            #expect(next.status == 503 && next[header: "retry-after"].flatMap { Int($0) } != nil)
            #expect(stage.provider.log.count(.apps) == asked)
            try await service.end()
            let line = try #require(service.accessLines.first { $0["status"]?.integer == 403 })
            #expect(line["sub"]?.text == "a b\"c" && line["reason"]?.text?.contains("none of Okta's") == true)
        }
    }

    @Test("roles of the same name in two accounts of the same name have a profile each")
    func twoAccountsOfOneName() async throws {
        try await onStage { stage in
            let map = ["111111111111", "222222222222"].map { id in
                stage.mapText(["reader"]).replacingOccurrences(of: "123456789012", with: id)
            }
            try Data(map.joined().utf8).write(to: URL(fileURLWithPath: stage.mapFile))
            let service = try await stage.serve(
                map: nil, arguments: ["--directory=id-token", "--rolemap", stage.mapFile])
            try await service.until("it is ready") { try await service.get("/ready").status == 200 }
            let text = try await service.get("/config", token: try stage.provider.idToken()).text
            let headers = text.split(separator: "\n").filter { $0.hasPrefix("[profile ") }
            #expect(Set(headers).count == headers.count, "\(text)")
            for id in ["111111111111", "222222222222"] {
                let own = text.components(separatedBy: "[profile ").filter {
                    $0.contains("arn:aws:iam::\(id):role/reader")
                }
                #expect(!own.isEmpty, "\(text)")
                #expect(own.allSatisfy { $0.prefix { $0 != "]" }.contains(id) }, "\(text)")
            }
            try await service.end()
        }
    }

    @Test("metrics have a port of their own where one is named, and are nowhere else")
    func metricsPort() async throws {
        try await onStage { stage in
            let service = try await stage.serve(
                map: ["reader"], arguments: ["--directory=id-token", "--metrics-port=0"])
            #expect(try await service.get("/metrics").status == 404)
            let port = try #require(service.ports.last)
            let answer = try await LoopbackHTTP.fetch("GET", "http://127.0.0.1:\(port)/metrics")
            #expect(answer.text.contains("aws_oidc_role_map_roles 1\n"))
            #expect(try await LoopbackHTTP.fetch("GET", "http://127.0.0.1:\(port)/").status == 404)
            try await service.end()
        }
    }

    /// A key that no org checks in these tests.
    private static let privateKey: String? = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = ["genrsa", "2048"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }()
}
