import Foundation
import StandIns
import Testing

@Suite("The choice of a token cache")
struct CacheChoiceTests {
    private func marker(_ stage: Stage) -> String { stage.home + "/.cache/oidc-cli/format" }

    private func content(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private func mark(_ stage: Stage, _ text: String) throws {
        for path in ["/.cache", "/.cache/oidc-cli"] { try stage.makeFolder(stage.home + path, mode: 0o700) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: marker(stage)))
        try stage.setMode(0o600, of: marker(stage))
    }

    @Test("Files on a local disk get no marker: they stay as the other tool has them")
    func unmarked() async throws {
        try await onStage { stage in
            for flags in [[], ["--cache=file"]] {
                let ended = try await stage.run(["login"] + stage.provided + flags)
                #expect(ended.code == 0, "\(ended.errors)")
                #expect(content(marker(stage)) == nil)
            }
            #expect(stage.visits == 1)
        }
    }

    @Test(
        "nfs in a local folder is for whoever asks for it, marks the folder once, and decides from then on",
        arguments: [true, false])
    func nfs(byFlag: Bool) async throws {
        try await onStage { stage in
            let flags = byFlag ? ["--cache", "nfs"] : []
            let variable = ["AWS_OIDC_CACHE": byFlag ? "file" : "nfs"]
            let nothing = try await stage.run(["check-token-valid"] + stage.provided + flags, with: variable)
            #expect(nothing.code == 1)
            #expect(content(marker(stage)) == nil, "a look marks nothing")
            let login = try await stage.run(["login"] + stage.provided + flags, with: variable)
            #expect(login.code == 0, "\(login.errors)")
            #expect(content(marker(stage)) == "aws-oidc nfs 1\n")
            let number = try FileManager.default.attributesOfItem(atPath: marker(stage))[.systemFileNumber] as? Int
            #expect(try stage.mode(of: marker(stage)) == 0o600)

            let later = try await stage.run(["-v"] + stage.credsProcess)
            #expect(later.code == 0, "\(later.errors)")
            let line = try #require(later.errorLines.first { $0.contains("token cache chosen") })
            #expect(try JSONValue(json: line)["store"]?.text == "nfs")
            #expect(try JSONValue(json: line)["reason"]?.text == "the folder's format file says so")
            #expect(stage.visits == 1)
            let now = try FileManager.default.attributesOfItem(atPath: marker(stage))[.systemFileNumber] as? Int
            #expect(now == number, "it is never replaced")
            let left = try FileManager.default.contentsOfDirectory(atPath: stage.home + "/.cache/oidc-cli")
            #expect(!left.contains { $0.hasPrefix("format.new") })
        }
    }

    @Test("What the files hold is taken up by nfs, and what nfs stores the files' readers see")
    func migration() async throws {
        try await onStage { stage in
            try await stage.signIn()
            let valid = try await stage.run(["check-token-valid"] + stage.provided + ["--cache=nfs"])
            #expect(valid.code == 0, "\(valid.errors)")
            try FileManager.default.removeItem(atPath: stage.tokenFile())
            let login = try await stage.run(["login"] + stage.provided + ["--cache=nfs"])
            #expect(login.code == 0, "\(login.errors)")
            #expect(stage.visits == 2)
            // The copy of the other tool's.
            try FileManager.default.removeItem(atPath: marker(stage))
            let files = try await stage.run(["check-token-valid"] + stage.provided)
            #expect(files.code == 0, "\(files.errors)")
        }
    }

    @Test("nfs:PATH keeps tokens in that folder, and marks it")
    func elsewhere() async throws {
        try await onStage { stage in
            let folder = stage.home + "/shared/tokens"
            let login = try await stage.run(["login"] + stage.provided + ["--cache=nfs:~/shared/tokens/"])
            #expect(login.code == 0, "\(login.errors)")
            #expect(content(folder + "/format") == "aws-oidc nfs 1\n")
            #expect(!FileManager.default.fileExists(atPath: stage.home + "/.cache"))
            let valid = try await stage.run(["check-token-valid"] + stage.provided + ["--cache=nfs:" + folder])
            #expect(valid.code == 0, "\(valid.errors)")
        }
    }

    @Test(
        "What contradicts the marker is refused, with one line that names both and says what to do",
        arguments: [("nfs", "file"), ("nfs", "sqlite"), ("file", "nfs"), ("file", "sqlite")], [true, false])
    func contradiction(_ pair: (kept: String, asked: String), byFlag: Bool) async throws {
        try await onStage { stage in
            try mark(stage, "aws-oidc \(pair.kept) 1\n")
            let flags = byFlag ? ["--cache", pair.asked] : []
            let changes = byFlag ? ["AWS_OIDC_CACHE": pair.kept] : ["AWS_OIDC_CACHE": pair.asked]
            for command in [stage.credsProcess, ["check-token-valid"] + stage.provided] {
                let ended = try await stage.run(command + flags, with: changes)
                #expect(ended.code == 1 && ended.output.isEmpty)
                #expect(ended.errorLines.count == 1, "\(ended.errors)")
                let named = byFlag ? "--cache \(pair.asked)" : "AWS_OIDC_CACHE=\(pair.asked)"
                #expect(ended.errors.contains(named) && ended.errors.contains("as \(pair.kept)"), "\(ended.errors)")
                #expect(ended.errors.contains(stage.home + "/.cache/oidc-cli"), "\(ended.errors)")
                #expect(ended.errors.contains("or say \(pair.kept)"), "\(ended.errors)")
            }
            #expect(stage.visits == 0)
            #expect(content(marker(stage)) == "aws-oidc \(pair.kept) 1\n")
            // Nor does a host with a part of its own go on alone: it would sign in for itself. A database lies in that part.
            if pair.asked != "sqlite" {
                let nodeLocal = flags + ["--node-local-cache", stage.folder + "/node"]
                for command in [stage.credsProcess, ["login"] + stage.provided, ["check-token-valid"] + stage.provided]
                {
                    let ended = try await stage.run(command + nodeLocal, with: changes)
                    #expect(ended.code == 1 && ended.output.isEmpty)
                    #expect(ended.errorLines.count == 1, "\(ended.errors)")
                    #expect(ended.errors.contains("as \(pair.kept)"), "\(ended.errors)")
                    #expect(ended.errors.contains("or say \(pair.kept)"), "\(ended.errors)")
                }
            }
            #expect(stage.visits == 0)
            // A database elsewhere is no concern of this folder.
            let elsewhere = try await stage.run(stage.credsProcess + ["--cache=sqlite:\(stage.folder)/db/t.db"])
            #expect(elsewhere.code == 0, "\(elsewhere.errors)")
        }
    }

    @Test(
        "A marker that this version does not know is refused, whatever is asked for",
        arguments: ["aws-oidc nfs 2\n", "", "aws-oidc n", "something else\n", String(repeating: "x", count: 5000)],
        [[], ["--cache=nfs"], ["--cache=file"]])
    func unknownMarker(text: String, flags: [String]) async throws {
        try await onStage { stage in
            try mark(stage, text)
            let ended = try await stage.run(stage.credsProcess + flags)
            #expect(ended.code == 1 && ended.output.isEmpty)
            #expect(ended.errorLines.count == 1, "\(ended.errors)")
            #expect(ended.errors.contains(text.isEmpty ? "is empty" : "does not know"), "\(ended.errors)")
            #expect(ended.errors.contains("se the aws-oidc that wrote it"), "\(ended.errors)")
            // One that is but a beginning, as a crash may leave it, was written by no version.
            #expect(ended.errors.contains("remove that file") == "aws-oidc nfs 1".hasPrefix(text))
            let nodeLocal = try await stage.run(
                stage.credsProcess + flags + ["--node-local-cache", stage.folder + "/node"])
            #expect(nodeLocal.code == 1 && nodeLocal.errors == ended.errors, "\(nodeLocal.errors)")
            #expect(stage.visits == 0)
            #expect(content(marker(stage)) == text)
        }
    }

    @Test("A marker that others may write to is not trusted")
    func openMarker() async throws {
        try await onStage { stage in
            try mark(stage, "aws-oidc nfs 1\n")
            try stage.setMode(0o666, of: marker(stage))
            let ended = try await stage.run(stage.credsProcess)
            #expect(ended.code == 1)
            #expect(ended.errors.contains("others can write to it") && ended.errors.contains(marker(stage)))
            #expect(stage.visits == 0)
        }
    }

    @Test("A folder that can't be marked is one that can't be written: one signs in all the same, with a warning")
    func unwritable() async throws {
        try await onStage { stage in
            for path in ["/.cache", "/.cache/oidc-cli"] { try stage.makeFolder(stage.home + path, mode: 0o700) }
            guard Namespace.isAvailable else { return }
            let readOnly = Namespace.wrapper(
                "mount --bind \"$HOME\" \"$HOME\"; mount -o remount,bind,ro \"$HOME\"")
            let ended = try await stage.run(stage.credsProcess + ["--cache=nfs"], wrapper: readOnly)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.errors.contains("can't be written"), "\(ended.errors)")
            #expect(stage.visits == 1)
            #expect(content(marker(stage)) == nil)
        }
    }

    @Test("Credentials that are live need no look at the token folder")
    func notLookedAt() async throws {
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess)
            try Data("garbage".utf8).write(to: URL(fileURLWithPath: marker(stage)))
            for flags in [[], ["--region=eu-west-1"]] {
                let again = try await stage.run(stage.credsProcess + flags)
                #expect([again.output, again.errors] == [first.output, ""])
            }
        }
    }

    @Test("The help names every store")
    func help() async throws {
        try await onStage { stage in
            let ended = try await stage.run(["creds-process", "--help"])
            let text = ended.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(text.contains("file, sqlite[:PATH], nfs[:PATH] (AWS_OIDC_CACHE)"), "\(ended.output)")
        }
    }
}
