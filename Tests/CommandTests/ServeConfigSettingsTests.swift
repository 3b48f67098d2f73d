import Foundation
import StandIns
import Testing

/// What `serve-config` says of its settings before it serves.
@Suite("The config service and its settings")
struct ServeConfigSettingsTests {
    @Test("everything that is wrong with the settings is said at once, and nothing is served")
    func wrongSettings() async throws {
        try await onStage { stage in
            let ended = try await stage.run(
                [
                    "serve-config", "--metrics-port=8080", "--tls-cert=/nowhere", "--bind=nonsense",
                    "--refresh-interval=1",
                ],
                with: [
                    "OKTA_ISSUER_URL": "http://example.com", "OKTA_PRIVATE_KEY": "no key",
                    "OKTA_SERVICE_CLIENT_ID": "a b",
                ])
            #expect(ended.code == 1)
            #expect(ended.errorLines.count == 1)
            for word in [
                "OKTA_ISSUER_URL", "OKTA_CLIENT_ID", "OKTA_SERVICE_CLIENT_ID", "--metrics-port", "--tls-cert",
                "--rolemap", "OKTA_PRIVATE_KEY can't be used", "--bind \"nonsense\" is no address",
                "--refresh-interval \"1\"",
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
                (["--rolemap", ""], [:], ["--rolemap is empty"]),
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
                    ["/nowhere/c can't be used: No such file", "/nowhere/k can't be used: No such file"]
                ),
                (
                    ["--kubernetes-server=http://a.example", "--configmap-name=a_B", "--configmap-key=a/b"], [:],
                    ["is no https address", "POD_NAMESPACE is not set", "digits, - and . only", "-, _ and . only"]
                ),
                (["--rolemap", stage.mapFile], ["OKTA_PRIVATE_KEY": "x"], ["OKTA_PRIVATE_KEY would be for that"]),
                (
                    ["--skip-accts=1"], ["AWS_ORG_ROLE_ARNS": ",", "AWS_READER_ROLE_NAME": "a b"],
                    ["AWS_ORG_ROLE_ARNS names no role", "AWS_READER_ROLE_NAME", "--skip-accts has"]
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
            let third = try await stage.run(
                [
                    "serve-config", "--web-server-port=0", "--metrics-port=\(service.port)", "--bind=127.0.0.1",
                    "--rolemap", stage.mapFile, "--directory=id-token",
                ],
                with: stage.serviceEnvironment)
            #expect(third.code == 1)
            #expect(third.errors.contains("127.0.0.1, port \(service.port): "), "\(third.errors)")
            #expect(third.errors.contains("Choose another --metrics-port."), "\(third.errors)")
            try await service.end()
        }
    }
}
