import Foundation
import StandIns
import Testing

@Suite("Logs")
struct LogTests {
    @Test(
        "The log file is its owner's alone, and each line of it is JSON",
        arguments: ["-v", "-vv", "--verbose=true", "-v=true"])
    func file(flag: String) async throws {
        try await onStage { stage in
            try await stage.signIn()
            let path = stage.folder + "/log"
            let ended = try await stage.run(["--log-file", path, flag] + stage.credsProcess)
            #expect(ended.code == 0)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let lines = stage.text("log").split(separator: "\n")
            #expect(!lines.isEmpty)
            for line in lines {
                let event = try JSONValue(json: line)
                #expect(event["msg"]?.text != nil && event["level"]?.text != nil && event["time"]?.text != nil)
            }
            for line in ended.errorLines { #expect(throws: Never.self) { try JSONValue(json: line) } }
            #expect(!ended.errorLines.isEmpty)
        }
    }

    @Test("A run that is answered from the cache writes nothing but its answer")
    func warm() async throws {
        try await onStage { stage in
            _ = try await stage.run(stage.credsProcess)
            let before = try stage.files()
            let log = stage.folder + "/log"
            for arguments in [
                stage.credsProcess, ["--log-file", log] + stage.credsProcess, ["token"] + stage.provided,
            ] {
                let ended = try await stage.run(arguments)
                #expect(ended.code == 0)
                #expect(ended.errors.isEmpty)
            }
            #expect(try stage.files() == before)
            #expect(!FileManager.default.fileExists(atPath: log))
        }
    }

    @Test("A log file that can't be written is a warning, and the credentials are printed")
    func unwritable() async throws {
        try await onStage { stage in
            try await stage.signIn()
            let ended = try await stage.run(["--log-file", "/no/such/folder/log"] + stage.credsProcess)
            #expect(ended.code == 0)
            #expect(ended.output.contains("AccessKeyId"))
            #expect(ended.errors.contains("/no/such/folder/log"))
        }
    }

    @Test("A login's log file that can't be written is a warning; -v shows that a sign-in began, and where tokens lie")
    func loginLog() async throws {
        try await onStage { stage in
            let ended = try await stage.run(["login", "--log-file", "/no/such/folder/log", "-v"] + stage.provided)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.errors.contains("the log file /no/such/folder/log can't be written"), "\(ended.errors)")
            #expect(ended.errors.contains("\"msg\":\"sign-in started\""), "\(ended.errors)")
            #expect(ended.errors.contains("\"msg\":\"token cache chosen\",\"store\":\"file\""), "\(ended.errors)")
        }
    }

    @Test("What the sign-in's own process logs is on standard error at -v, whole and by line, and nowhere without")
    func signInLog() async throws {
        try await onStage { stage in
            let loud = try await stage.run(["login", "-v"] + stage.provided)
            #expect(loud.code == 0, "\(loud.errors)")
            let events = loud.errorLines.compactMap { try? JSONValue(json: $0) }
            #expect(Set(events.compactMap { $0["pid"]?.integer }).count == 2, "\(loud.errors)")
            #expect(loud.errors.contains("\(stage.provider.issuer)/token"), "\(loud.errors)")
            let quiet = try await stage.run(["login", "--flush-oidc-token-cache"] + stage.provided)
            #expect([quiet.code == 0, quiet.errors.contains("\"msg\"")] == [true, false], "\(quiet.errors)")
        }
    }

    @Test("A word that is none of a switch's is refused", arguments: ["--verbose=maybe", "-v=maybe"])
    func maybe(flag: String) async throws {
        try await onStage { stage in
            let ended = try await stage.run([flag] + stage.credsProcess)
            #expect([String(ended.code), ended.output, String(ended.errorLines.count)] == ["1", "", "1"])
        }
    }

    @Test("A plain run that used the network is in the log of the home, and one that did not is not")
    func network() async throws {
        try await onStage { stage in
            func log() -> String {
                let folder = stage.home + "/.aws-oidc/logs"
                let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                return names.sorted().map { stage.text("home/.aws-oidc/logs/" + $0) }.joined()
            }
            let untouched = try await stage.run(["check-refresh-ttl"] + stage.provided + ["--help"])
            #expect(untouched.code == 0)
            #expect(try await stage.run(["status"]).code == 0)
            #expect(log().isEmpty)
            try await stage.signIn()
            let before = log()
            #expect(try await stage.run(stage.credsProcess).code == 0)
            let after = log()
            #expect(after.hasPrefix(before) && after.count > before.count)
            #expect(after.dropFirst(before.count).contains(stage.sts.endpoint))
            for arguments in [stage.credsProcess, ["token"] + stage.provided, ["status"], ["login"] + stage.provided] {
                #expect(try await stage.run(arguments).code == 0, "\(arguments)")
            }
            #expect(log() == after)
        }
    }

    @Test("A failure is in the log of the home, without any flag")
    func failure() async throws {
        try await onStage { stage in
            let ended = try await stage.run(stage.credsProcess, with: ["BROWSER": nil])
            #expect(ended.code == 1)
            let folder = stage.home + "/.aws-oidc/logs"
            let name = try #require(FileManager.default.contentsOfDirectory(atPath: folder).first)
            let log = String(
                decoding: try #require(FileManager.default.contents(atPath: folder + "/" + name)), as: UTF8.self)
            #expect(log.contains("not signed in"))
        }
    }
}

extension Stage {
    /// Every file of home and runtime folder, with its size and when it was changed.
    func files() throws -> [String: [String]] {
        var files: [String: [String]] = [:]
        for folder in [home, runtime] {
            for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
                files["\(folder)/\(name)"] = [
                    "\(attributes[.size] ?? "")",
                    "\((attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0)",
                ]
            }
        }
        return files
    }
}
