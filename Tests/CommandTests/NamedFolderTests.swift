import Foundation
import StandIns
import Testing

@Suite("Folders that are named for tokens")
struct NamedFolderTests {
    private static func flag(_ store: String, _ folder: String) -> String {
        "--cache=\(store):\(folder)" + (store == "sqlite" ? "/t.db" : "")
    }

    @Test(
        "One that others look into, and that holds other things, is refused and stays open; closed by its owner, it serves",
        arguments: ["sqlite", "nfs"], [0o755, 0o711])
    func shared(store: String, mode: Int) async throws {
        try await onStage { stage in
            let folder = stage.folder + "/public"
            try stage.makeFolder(folder, mode: mode)
            try Data("page".utf8).write(to: URL(fileURLWithPath: folder + "/index.html"))
            let words = ["token"] + stage.provided + [Self.flag(store, folder)]
            let refused = try await stage.run(words)
            #expect([String(refused.code), refused.output] == ["1", ""])
            #expect(refused.errorLines.count == 1, "\(refused.errors)")
            let reason = "\(folder) is not used: others may look into it, and it holds more than tokens"
            #expect(refused.errors.contains(reason), "\(refused.errors)")
            #expect(refused.errors.contains("chmod 700 '\(folder)'"), "\(refused.errors)")
            #expect(try stage.mode(of: folder) == mode)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["index.html"])
            #expect(stage.visits == 0)

            try stage.setMode(0o700, of: folder)
            let served = try await stage.run(words)
            #expect(served.code == 0, "\(served.errors)")
            #expect(stage.visits == 1)
        }
    }

    @Test("A folder in the place of a database is named, and a file in it is advised")
    func folderForDatabase() async throws {
        try await onStage { stage in
            let folder = stage.folder + "/tokens"
            try stage.makeFolder(folder, mode: 0o700)
            let ended = try await stage.run(["token"] + stage.provided + ["--cache=sqlite:" + folder])
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errorLines.count == 1, "\(ended.errors)")
            #expect(ended.errors.contains("\(folder) is not used: it is a folder. Name a file"), "\(ended.errors)")
        }
    }

    @Test("One that is empty, or holds only tokens, is closed to others and used", arguments: ["sqlite", "nfs"])
    func own(store: String) async throws {
        try await onStage { stage in
            let folder = stage.folder + "/tokens"
            try stage.makeFolder(folder, mode: 0o755)
            for _ in 0..<2 {
                let ended = try await stage.run(["token"] + stage.provided + [Self.flag(store, folder)])
                #expect(ended.code == 0, "\(ended.errors)")
                #expect(try stage.mode(of: folder) == 0o700)
                try stage.setMode(0o755, of: folder)
            }
            #expect(stage.visits == 1)
        }
    }
}
