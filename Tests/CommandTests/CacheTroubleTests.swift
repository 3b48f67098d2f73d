import Foundation
import StandIns
import Testing

@Suite("Trouble with the cache's files")
struct CacheTroubleTests {
    @Test(
        "A damaged token file is a sign-in, and is set aside",
        arguments: [Data(), Data("garbage".utf8), Data([0x1f, 0x8b, 8, 0]), Data(repeating: 0xff, count: 100_000)])
    func damagedTokens(content: Data) async throws {
        try await onStage { stage in
            try await stage.signIn()
            let file = try stage.tokenFile()
            try stage.overwrite(file, content)
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.visits == 2)
            #expect(stage.grants == ["authorization_code"])
        }
    }

    @Test("A newer version's token file stays: one signs in and gets credentials all the same, with a warning")
    func newerTokens() async throws {
        try await onStage { stage in
            try await stage.signIn()
            let file = try stage.tokenFile()
            let newer = stage.folder + "/newer"
            let script = #"gzip -dc <"$1" | base64 -d | sed 's/"Version":0/"Version":1/' | base64 -w0 | gzip >"$2""#
            let made = try await stage.run([], wrapper: ["/bin/sh", "-c", script, "sh", file, newer], program: "end")
            try #require(made.code == 0, "\(made.errors)")
            let bytes = try #require(FileManager.default.contents(atPath: newer))
            try stage.overwrite(file, bytes)

            let nobody = try await stage.run(stage.credsProcess, with: ["BROWSER": nil])
            #expect(nobody.code == 1 && nobody.errorLines.count == 1, "\(nobody.errors)")
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.code == 0 && ended.output.contains("AccessKeyId"), "\(ended.errors)")
            for errors in [nobody.errors, ended.errors] {
                #expect(errors.contains("\(file) is not used: a newer aws-oidc wrote it (format 1)"), "\(errors)")
                #expect(errors.contains("Use that version here too, or"), "\(errors)")
            }
            #expect(stage.visits == 2)
            #expect(FileManager.default.contents(atPath: file) == bytes)
            #expect(!FileManager.default.fileExists(atPath: file + ".damaged"))
        }
    }

    @Test("A token file that was cut short is a sign-in")
    func truncatedTokens() async throws {
        try await onStage { stage in
            try await stage.signIn()
            let file = try stage.tokenFile()
            let whole = try #require(FileManager.default.contents(atPath: file))
            try stage.overwrite(file, whole.prefix(whole.count / 2))
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.visits == 2)
        }
    }

    @Test("A damaged credentials file is one request to STS", arguments: ["", "garbage\n", "cut short"])
    func damagedCredentials(content: String) async throws {
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess)
            let file = try stage.credentialsFile()
            let whole = try #require(FileManager.default.contents(atPath: file))
            try stage.overwrite(file, content == "cut short" ? whole.dropLast(20) : Data(content.utf8))
            stage.forget()
            let second = try await stage.run(stage.credsProcess)
            #expect(second.code == 0, "\(second.errors)")
            #expect(second.output != first.output)
            #expect(stage.requests == [.assumeRole])
            let third = try await stage.run(stage.credsProcess)
            #expect(third.output == second.output)
        }
    }

    @Test("Tokens that were removed while credentials are live cost nothing until these are due")
    func tokensGone() async throws {
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess)
            try FileManager.default.removeItem(atPath: stage.home + "/.cache")
            let second = try await stage.run(stage.credsProcess)
            #expect([second.output, second.errors] == [first.output, ""])
        }
    }

    @Test("A folder that others may look into is closed to them, and used", arguments: [0o755, 0o750, 0o711])
    func openFolder(mode: Int) async throws {
        try await onStage { stage in
            let folder = stage.home + "/.cache/oidc-cli"
            for path in [stage.home + "/.cache", folder] { try stage.makeFolder(path, mode: mode) }
            try await stage.signIn()
            #expect(try stage.mode(of: folder) == 0o700)
            #expect(try stage.mode(of: stage.home + "/.cache") == mode)
            #expect(try stage.mode(of: stage.tokenFile()) == 0o600)
        }
    }

    @Test("A token file that others can read is closed to them, and used")
    func openFile() async throws {
        try await onStage { stage in
            try await stage.signIn()
            try stage.setMode(0o644, of: stage.tokenFile())
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.requests == [.assumeRole])
            #expect(try stage.mode(of: stage.tokenFile()) == 0o600)
        }
    }

    @Test(
        "A folder that others may write to is refused, with the command that mends it",
        arguments: [0o777, 0o770, 0o722])
    func writableFolder(mode: Int) async throws {
        try await onStage { stage in
            let folder = stage.home + "/.cache/oidc-cli"
            try stage.makeFolder(stage.home + "/.cache", mode: 0o700)
            try stage.makeFolder(folder, mode: mode)
            let ended = try await stage.run(stage.credsProcess)
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errorLines.count == 1)
            #expect(ended.errors.contains("others can write to it") && ended.errors.contains("chmod 700 '\(folder)'"))
            #expect(stage.visits == 0)
        }
    }

    @Test("Somebody else's folder is refused", .enabled(if: geteuid() == 0))
    func othersFolder() async throws {
        try await onStage { stage in
            let folder = stage.home + "/.cache/oidc-cli"
            try stage.makeFolder(stage.home + "/.cache", mode: 0o700)
            try stage.makeFolder(folder, mode: 0o700)
            chown(folder, 4711, 4711)
            let ended = try await stage.run(stage.credsProcess)
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errorLines.count == 1)
            #expect(ended.errors.contains("belongs to user 4711"))
            #expect(stage.visits == 0)
        }
    }

    @Test(
        "A credentials file that somebody else could have put there is not used, and is replaced",
        arguments: ["world-readable", "group-writable", "link", "folder", "another's"])
    func plantedCredentials(kind: String) async throws {
        if kind == "another's", geteuid() != 0 { return }
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess)
            let file = try stage.credentialsFile()
            switch kind {
            case "world-readable": try stage.setMode(0o644, of: file)
            case "group-writable": try stage.setMode(0o620, of: file)
            case "another's": chown(file, 4711, 4711)
            case "link":
                try FileManager.default.moveItem(atPath: file, toPath: stage.folder + "/planted")
                try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: stage.folder + "/planted")
            default:
                try FileManager.default.removeItem(atPath: file)
                try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
            }
            stage.forget()
            let second = try await stage.run(stage.credsProcess)
            #expect(second.code == 0, "\(second.errors)")
            #expect(second.output != first.output && second.output.contains("AccessKeyId"))
            #expect(stage.requests == [.assumeRole])
            #expect(second.errors.contains(file), "\(second.errors)")
            guard kind != "folder" else { return }
            #expect(try stage.mode(of: file) == 0o600)
            let third = try await stage.run(stage.credsProcess)
            #expect([third.output, third.errors] == [second.output, ""])
        }
    }

    @Test("AWS_OIDC_CREDENTIALS_CACHE=off leaves no credentials on disk, and asks STS each time")
    func off() async throws {
        try await onStage { stage in
            let off = ["AWS_OIDC_CREDENTIALS_CACHE": "off"]
            let first = try await stage.run(stage.credsProcess, with: off)
            #expect(first.code == 0, "\(first.errors)")
            stage.forget()
            let second = try await stage.run(stage.credsProcess, with: off)
            #expect(second.code == 0)
            #expect(second.output != first.output)
            #expect(stage.requests == [.assumeRole])
            let secrets = try [first, second].flatMap { ended in
                let json = try JSONValue(json: ended.output)
                return ["AccessKeyId", "SecretAccessKey", "SessionToken"].compactMap { json[$0]?.text }
            }
            #expect(secrets.count == 6)
            for path in try stage.files().keys {
                let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
                #expect(!secrets.contains { text.contains($0) }, "\(path)")
            }
        }
    }
}

extension Stage {
    /// Writes a file anew, keeping its mode.
    func overwrite(_ path: String, _ content: Data) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: content)
        try file.close()
    }

    func makeFolder(_ path: String, mode: Int) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try setMode(mode, of: path)
    }

    func setMode(_ mode: Int, of path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    func mode(of path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }
}
