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
            stage.provider.change { $0.faults[.apps] = [.status(code: 503)] }
            #expect(try await service.get("/", token: token).status == 200)
            let unknown = try await service.get("/", token: try stage.provider.idToken(subject: "00u-new"))
            #expect(unknown.status == 503)
            #expect(!unknown.text.contains("503"))
            try await service.end()
        }
    }

    @Test("groups of the id_token stand for clients where a file says so")
    func groups() async throws {
        try await onStage { stage in
            try Data("engineers: [stand-in-client]\n".utf8).write(
                to: URL(fileURLWithPath: stage.folder + "/groups.yaml"))
            let service = try await stage.serve(
                map: ["reader"], arguments: ["--groups-file", stage.folder + "/groups.yaml"])
            #expect(try await service.get("/", token: try stage.provider.idToken()).json["profiles"]?.list?.count == 1)
            stage.provider.change { $0.user.groups = ["sales"] }
            #expect(try await service.get("/", token: try stage.provider.idToken()).json["profiles"]?.list == [])
            try await service.end()
        }
    }

    @Test("a groups file that is broken by an edit is told of once, and what it said before goes on")
    func brokenGroups() async throws {
        try await onStage { stage in
            let file = stage.folder + "/groups.yaml"
            let write = { (text: String) in
                try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
            }
            try write("engineers: [stand-in-client]\n")
            let service = try await stage.serve(map: ["reader"], arguments: ["--groups-file", file])
            let token = try stage.provider.idToken()
            #expect(try await service.get("/metrics").text.contains("aws_oidc_groups_file_ok 1\n"))
            try write("engineers: [stand-in-client\n")
            try await wait(for: "a word on the broken file") {
                service.child.errorsSoFar.contains("the last good groups stay in use")
            }
            #expect(try await service.get("/", token: token).json["profiles"]?.list?.count == 1)
            #expect(try await service.get("/metrics").text.contains("aws_oidc_groups_file_ok 0\n"))
            try write("sales: [stand-in-client]\n")
            try await service.until("the new groups are in use") {
                try await service.get("/", token: token).json["profiles"]?.list == []
            }
            try await service.end()
            let told = service.child.errorsSoFar.components(separatedBy: "the last good groups stay in use").count - 1
            #expect(told == 1)
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

    @Test("a map that is written anew is served soon; one that vanishes or turns empty is not, and that is said")
    func reread() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            let token = try stage.provider.idToken()
            try stage.writeMap(["reader", "writer"])
            try await service.until("two roles are served") {
                try await service.get("/", token: token).json["profiles"]?.list?.count == 2
            }
            try stage.writeMap([])
            try await wait(for: "a word on the empty map") {
                service.child.errorsSoFar.contains("rolemap.yaml is empty")
            }
            #expect(try await service.get("/", token: token).json["profiles"]?.list?.count == 2)
            try FileManager.default.removeItem(atPath: stage.mapFile)
            try await wait(for: "a word on the lost map") { service.child.errorsSoFar.contains("rolemap.yaml is gone") }
            #expect(try await service.get("/", token: token).json["profiles"]?.list?.count == 2)
            #expect(try await service.get("/ready").status == 200)
            try await service.end()
        }
    }

    @Test("a ConfigMap is served, and watched")
    func configMap() async throws {
        try await onStage { stage in
            let cluster = try await StandInKubernetes.start()
            cluster.put("roles", ["map": stage.mapText(["reader"])])
            let service = try await stage.serve(
                map: nil,
                arguments: [
                    "--directory=id-token", "--kubernetes-server", cluster.address, "--configmap-name=roles",
                    "--configmap-key=map",
                ], with: ["POD_NAMESPACE": "ns"])
            let token = try stage.provider.idToken()
            try await service.until("one role is served") {
                try await service.get("/", token: token).json["profiles"]?.list?.count == 1
            }
            cluster.put("roles", ["map": stage.mapText(["reader", "writer", "admin"])])
            try await service.until("three roles are served") {
                try await service.get("/", token: token).json["profiles"]?.list?.count == 3
            }
            try await service.end()
            await cluster.stop()
        }
    }

    @Test("before there is a role map the service lives, and is not ready")
    func notReady() async throws {
        try await onStage { stage in
            let service = try await stage.serve(
                map: nil, arguments: ["--directory=id-token", "--rolemap", stage.mapFile])
            #expect(try await service.get("/health").status == 200)
            #expect(try await service.get("/ready").status == 503)
            #expect(try await service.get("/", token: try stage.provider.idToken()).status == 503)
            try stage.writeMap(["reader"])
            try await service.until("it is ready") { try await service.get("/ready").status == 200 }
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

    @Test("everything that is wrong with the settings is said at once, and nothing is served")
    func wrongSettings() async throws {
        try await onStage { stage in
            let ended = try await stage.run(
                ["serve-config", "--metrics-port=8080", "--tls-cert=/nowhere"],
                with: [
                    "OKTA_ISSUER_URL": "http://example.com", "OKTA_PRIVATE_KEY": "no key",
                    "OKTA_SERVICE_CLIENT_ID": "a b",
                ])
            #expect(ended.code == 1)
            #expect(ended.errorLines.count == 1)
            for word in [
                "OKTA_ISSUER_URL", "OKTA_CLIENT_ID", "OKTA_SERVICE_CLIENT_ID", "--metrics-port", "--tls-cert",
                "--rolemap",
            ] {
                #expect(ended.errors.contains(word), "nothing is said of \(word)")
            }
            #expect(!ended.errors.contains("no key"))
        }
    }

    @Test("settings that contradict each other are said, and nothing is served")
    func contradictions() async throws {
        try await onStage { stage in
            let scan = ["AWS_ORG_ROLE_ARNS": "arn:aws:iam::123456789012:role/l", "AWS_READER_ROLE_NAME": "r"]
            let cases: [(arguments: [String], variables: [String: String], words: [String])] = [
                (["--configmap-name=x"], scan, ["AWS_ORG_ROLE_ARNS, --configmap-name"]),
                (["--rolemap", stage.mapFile], scan, ["--rolemap, AWS_ORG_ROLE_ARNS"]),
                (["--rolemap", stage.mapFile, "--configmap-key=x"], [:], ["--rolemap, --configmap-key"]),
                (
                    ["--rolemap", stage.mapFile, "--state=/x", "--skip-accts=1"], [:],
                    ["--state is", "--skip-accts is"]
                ),
                (["--rolemap=s3://bucket"], [:], ["no place in S3: a place in S3 has the form s3://BUCKET/KEY"]),
                (["--rolemap=s3://Bucket/map"], [:], ["small letters"]),
                (
                    ["--rolemap", stage.mapFile, "--refresh-interval=10m", "--concurrency=0", "--aws-retries=1"], [:],
                    ["--refresh-interval is", "--concurrency is", "--aws-retries is"]
                ),
                (["--rolemap", stage.mapFile, "--max-connections=2000000000"], [:], ["--max-connections is"]),
                (["--state", stage.folder + "/none/state.yaml"], scan, ["--state ", "can't be written: its folder"]),
                (
                    ["--rolemap", stage.mapFile, "--tls-cert=/nowhere/c", "--tls-key=/nowhere/k"], [:],
                    ["/nowhere/c can't be used: No such file"]
                ),
                (
                    ["--kubernetes-server=http://127.0.0.1:1", "--configmap-name=a_B"], ["POD_NAMESPACE": "ns"],
                    ["digits, - and . only"]
                ),
            ]
            for one in cases {
                let ended = try await stage.run(
                    ["serve-config", "--directory=id-token", "--web-server-port=0"] + one.arguments,
                    with: stage.serviceEnvironment.merging(one.variables) { $1 })
                #expect(ended.code == 1 && ended.errorLines.count == 1)
                for word in one.words { #expect(ended.errors.contains(word), "\(word): \(ended.errors)") }
            }
        }
    }

    @Test("a port that is taken is told in a sentence")
    func takenPort() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            let second = try await stage.run(
                [
                    "serve-config", "--web-server-port=\(service.port)", "--rolemap", stage.mapFile,
                    "--directory=id-token",
                ],
                with: stage.serviceEnvironment)
            #expect(second.code == 1)
            #expect(second.errors.contains("nothing can be served on"))
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
