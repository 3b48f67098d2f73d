import Foundation
import StandIns
import Testing

@Suite("Static keys in the credentials file")
struct StaticKeysTests {
    @Test(
        "They are pointed out in one line where a profile of ours has them, and change nothing else",
        arguments: [
            ["exec", "--profile=dev", "--", "true"], ["env", "--profile=dev"], ["status"], ["profiles"],
            ["profiles", "--json"],
        ], [false, true])
    func pointedOut(arguments: [String], byVariable: Bool) async throws {
        try await onStage { stage in
            try stage.configureProfile()
            try await stage.signIn()
            _ = try await stage.run(["env", "--profile=dev"])
            let plain = try await stage.run(arguments)
            #expect([String(plain.code), plain.errors] == ["0", ""])
            let path = byVariable ? stage.folder + "/keys" : stage.home + "/.aws/credentials"
            try Data("[dev]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = hush\n".utf8)
                .write(to: URL(fileURLWithPath: path))
            let ended = try await stage.run(
                arguments, with: byVariable ? ["AWS_SHARED_CREDENTIALS_FILE": path] : [:])
            #expect([String(ended.code), ended.output] == ["0", plain.output])
            #expect(ended.errorLines.count == 1, "\(ended.errors)")
            #expect(ended.errors.contains(path) && ended.errors.contains("\"dev\""))
            #expect(!ended.errors.contains("hush") && !ended.errors.contains("AKIA"))
        }
    }

    @Test("Keys of another profile are nobody's business, and neither is a file that can't be read")
    func others() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            try await stage.signIn()
            _ = try await stage.run(["env", "--profile=dev"])
            let path = stage.home + "/.aws/credentials"
            try Data("[other]\naws_access_key_id = AKIAEXAMPLE\n".utf8).write(to: URL(fileURLWithPath: path))
            #expect(try await stage.run(["env", "--profile=dev"]).errors.isEmpty)
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            #expect(try await stage.run(["env", "--profile=dev"]).errors.isEmpty)
        }
    }
}
