import Foundation
import Testing

/// What `update-rolemap` and `rsa-keygen` say before they do anything, and when they can't end it.
@Suite("The commands beside the config service")
struct UpdateRoleMapCommandTests {
    private static let scan = [
        "OKTA_ISSUER_URL": "https://id.example.com", "AWS_ORG_ROLE_ARNS": "arn:aws:iam::123456789012:role/l",
        "AWS_READER_ROLE_NAME": "r",
    ]

    @Test(
        "a place for the role map that can't be, or is two, is told before the scan",
        arguments: [
            (["--out=/nowhere/at/all/map.yaml"], "its folder /nowhere/at/all: No such file"),
            (["--out", ""], "--out is empty"),
            (["--out=/"], "it is a folder"), (["--out=s3://Bucket/x"], "small letters"),
            (["--out=-", "--kubernetes-server=http://127.0.0.1:1"], "leave out --out, or --kubernetes-server"),
            (["--out=m", "--configmap-name=a"], "leave out --out, or --configmap-name"),
        ])
    func place(arguments: [String], sentence: String) async throws {
        try await onStage { stage in
            let ended = try await stage.run(["update-rolemap"] + arguments, with: Self.scan)
            #expect(ended.code == 1)
            #expect(ended.errorLines.count == 1)
            #expect(ended.errors.contains(sentence), "\(ended.errors)")
            #expect(!ended.errors.contains(".."), "\(ended.errors)")
        }
    }

    @Test("an ARN where the reader's name belongs is told before the scan")
    func readerARN() async throws {
        try await onStage { stage in
            let name = ["AWS_READER_ROLE_NAME": "arn:aws:iam::123456789012:role/reader"]
            let ended = try await stage.run(["update-rolemap", "--out=-"], with: Self.scan.merging(name) { $1 })
            #expect(ended.code == 1 && ended.errors.contains("AWS_READER_ROLE_NAME: it is an ARN"), "\(ended.errors)")
        }
    }

    @Test("what is wrong with the scan and with the place of its map is told at once")
    func allAtOnce() async throws {
        try await onStage { stage in
            let ended = try await stage.run(
                [
                    "update-rolemap", "--kubernetes-server=http://127.0.0.1:1", "--configmap-name=a_B",
                    "--configmap-key=a/b", "--concurrency=0",
                ], with: ["OKTA_ISSUER_URL": "http://example.com", "AWS_ORG_ROLE_ARNS": ","])
            #expect(ended.code == 1 && ended.errorLines.count == 1)
            for words in [
                "OKTA_ISSUER_URL", "AWS_ORG_ROLE_ARNS names no role", "AWS_READER_ROLE_NAME", "--concurrency",
                "POD_NAMESPACE", "--configmap-name", "--configmap-key",
            ] {
                #expect(ended.errors.contains(words), "\(words): \(ended.errors)")
            }
        }
    }

    @Test("a key whose public half can't be printed is none: it is told, and no file is left")
    func lostHalf() async throws {
        try await onStage { stage in
            let file = stage.folder + "/key"
            let child = try stage.start(["rsa-keygen", "--bits=2048", "--out", file], output: .path("/dev/full"))
            let ended = try await child.ended()
            #expect(ended.code == 1)
            #expect(ended.errors.contains("nothing was made"), "\(ended.errors)")
            #expect(!FileManager.default.fileExists(atPath: file))
            #expect(try await stage.run(["rsa-keygen", "--bits=2048", "--out", file]).code == 0)
        }
    }
}
