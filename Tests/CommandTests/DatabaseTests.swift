import Foundation
import StandIns
import Testing

@Suite("Tokens in a database")
struct DatabaseTests {
    @Test(
        "Tokens lie in the database that the flag or the variable names, and the flag goes first",
        arguments: [true, false])
    func place(byFlag: Bool) async throws {
        try await onStage { stage in
            let database = stage.folder + "/db/mine.db"
            let flag = byFlag ? ["--cache", "sqlite:" + database] : []
            let variable = ["AWS_OIDC_CACHE": byFlag ? "file" : "sqlite:" + database]
            let ended = try await stage.run(stage.credsProcess + flag, with: variable)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(FileManager.default.fileExists(atPath: database))
            #expect(!FileManager.default.fileExists(atPath: stage.home + "/.cache"))
            let valid = try await stage.run(["check-token-valid"] + stage.provided + flag, with: variable)
            #expect(valid.code == 0)
            let files = try await stage.run(["check-token-valid"] + stage.provided + ["--cache", "file"])
            #expect(files.code == 1, "the files know nothing of it")
        }
    }

    @Test("Without a path it lies where tokens lie anyway", arguments: [true, false])
    func defaultPlace(isNodeLocal: Bool) async throws {
        try await onStage { stage in
            let base = stage.folder + "/node"
            let flags = ["--cache", "sqlite"] + (isNodeLocal ? ["--node-local-cache", base] : [])
            let login = try await stage.run(["login"] + stage.provided + flags)
            #expect(login.code == 0, "\(login.errors)")
            let folder =
                isNodeLocal
                ? "\(base)/\(getuid())/\(ProcessInfo.processInfo.hostName)" : stage.home + "/.cache/oidc-cli"
            #expect(FileManager.default.fileExists(atPath: folder + "/tokens.db"))
            // Global flags may stand before the subcommand.
            let valid = try await stage.run(flags + ["check-token-valid"] + stage.provided)
            #expect(valid.code == 0, "\(valid.errors)")
            #expect(stage.visits == 1)
        }
    }

    @Test(
        "What names no store is a usage error that says what would",
        arguments: ["garbage", "sqlite:", "sqlite:here.db", "sqlite:/dir/", "file:/x", "nfs:", "nfs:here", "nfs:/"])
    func unknown(text: String) async throws {
        try await onStage { stage in
            let byFlag = try await stage.run(stage.credsProcess + ["--cache=" + text])
            #expect(byFlag.code == 1)
            #expect(
                byFlag.errors.contains("--cache must be file, sqlite, sqlite:PATH, nfs or nfs:PATH"), "\(byFlag.errors)"
            )
            let byVariable = try await stage.run(stage.credsProcess, with: ["AWS_OIDC_CACHE": text])
            #expect(byVariable.code == 1)
            #expect(byVariable.errors.contains("AWS_OIDC_CACHE must be file"), "\(byVariable.errors)")
            #expect(stage.requests.isEmpty)
        }
    }

    @Test("Forty processes at once share one sign-in")
    func singleFlight() async throws {
        try await onStage { stage in
            let arguments = stage.credsProcess + ["--cache", "sqlite"]
            let failures = try await withThrowingTaskGroup(of: Child.Ended.self) { group in
                for _ in 0..<40 { group.addTask { try await stage.run(arguments) } }
                return try await group.reduce(into: [String]()) { if $1.code != 0 { $0.append($1.errors) } }
            }
            #expect(failures == [])
            #expect(stage.visits == 1)
        }
    }

    @Test(
        "Without SQLite on this machine one line names the package, and nobody is asked to sign in",
        arguments: [nil, "libm.so.6"])
    func noLibrary(another: String?) async throws {
        try await onStage { stage in
            let libraries = stage.folder + "/lib"
            try FileManager.default.createDirectory(atPath: libraries, withIntermediateDirectories: false)
            let content = try another.map { name in
                let folders = ["/lib/x86_64-linux-gnu/", "/lib/aarch64-linux-gnu/", "/lib64/", "/usr/lib/"]
                let path = folders.map { $0 + name }.first { FileManager.default.fileExists(atPath: $0) }
                return try Data(contentsOf: URL(fileURLWithPath: try #require(path)))
            }
            try (content ?? Data("no library".utf8)).write(to: URL(fileURLWithPath: libraries + "/libsqlite3.so.0"))
            let changes = ["LD_LIBRARY_PATH": libraries]
            let ended = try await stage.run(stage.credsProcess + ["--cache=sqlite"], with: changes)
            #expect(ended.code == 1 && ended.output.isEmpty)
            #expect(ended.errorLines.count == 1, "\(ended.errors)")
            #expect(ended.errors.contains("SQLite can't be loaded") && ended.errors.contains("Install libsqlite3-0"))
            #expect(stage.requests.isEmpty && stage.visits == 0)
            // Whoever keeps tokens in files does not even look for it.
            let files = try await stage.run(stage.credsProcess, with: changes)
            #expect(files.code == 0, "\(files.errors)")
        }
    }
}
