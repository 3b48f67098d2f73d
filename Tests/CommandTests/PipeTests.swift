import Foundation
import StandIns
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("A pipe in a file's place")
struct PipeTests {
    @Test(
        "Whatever file of ours is a pipe, a call ends, and one that fails says so in a line",
        arguments: ["file", "nfs", "sqlite"])
    func ends(store: String) async throws {
        try await onStage { stage in
            let arguments = stage.credsProcess + ["--cache=\(store)"]
            let first = try await stage.run(arguments)
            #expect(first.code == 0, "\(first.errors)")
            try await stage.goOn(arguments)
            let files = try stage.files().keys.sorted()
            #expect(files.contains { $0.hasSuffix(".lock") })
            for path in files {
                var status = stat()
                guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
                let bytes = try #require(FileManager.default.contents(atPath: path))
                try FileManager.default.removeItem(atPath: path)
                mkfifo(path, 0o600)
                // Nobody can be reached: that a browser opens would make up for anything.
                for changes in [["BROWSER": nil], [:]] as [[String: String?]] {
                    let ended = try await stage.start(arguments, with: changes).ended(within: 60)
                    #expect(ended.code == 0 || ended.errorLines.count >= 1, "\(path)")
                    try? stage.dropCredentialFiles()
                }
                try? FileManager.default.removeItem(atPath: path)
                try bytes.write(to: URL(fileURLWithPath: path))
                chmod(path, 0o600)
            }
        }
    }
}

extension Stage {
    /// Has every file made that a renewal makes.
    fileprivate func goOn(_ arguments: [String]) async throws {
        provider.change { $0.tokenLife = 0 }
        try dropCredentialFiles()
        _ = try await run(arguments)
        try dropCredentialFiles()
        _ = try await run(arguments)
        try dropCredentialFiles()
        provider.change { $0.tokenLife = 3600 }
    }

    /// Removes the cached AWS credentials, and not their locks.
    fileprivate func dropCredentialFiles() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: runtime + "/aws-oidc")
        where name.hasPrefix("credentials-") && !name.hasSuffix(".lock") {
            try FileManager.default.removeItem(atPath: runtime + "/aws-oidc/" + name)
        }
    }
}
