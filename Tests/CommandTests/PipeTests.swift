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

/// AWS's config file may be what a command writes, as in `AWS_CONFIG_FILE=<(…)`.
@Suite("A config file that is a pipe")
struct ConfigPipeTests {
    private func config(_ stage: Stage) -> String {
        "[profile dev]\nregion = r-pipe\ncredential_process = \(stage.processLine)\n"
    }

    @Test("It is read to its end, however slowly it is written, and once for all that wants to know of it")
    func slow() async throws {
        try await onStage { stage in
            try await stage.signIn()
            let path = stage.folder + "/pipe"
            mkfifo(path, 0o600)
            let child = try stage.start(["env", "--profile=dev"], with: ["AWS_CONFIG_FILE": path])
            var writer: Int32 = -1
            try await wait(for: "a reader") {
                writer = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
                return writer >= 0
            }
            let bytes = Array(config(stage).utf8)
            for part in [bytes[..<20], bytes[20...]] {
                let part = Array(part)
                #expect(write(writer, part, part.count) == part.count)
                try await wait(for: "what was written to be read") {
                    var left: Int32 = 0
                    return ioctl(writer, UInt(FIONREAD), &left) == 0 && left == 0
                }
            }
            close(writer)
            let ended = try await child.ended()
            #expect([String(ended.code), ended.errors] == ["0", ""])
            #expect(assignments(ended.output)["AWS_DEFAULT_REGION"] == ["r-pipe"])
        }
    }

    @Test(
        "A shell's process substitution will do",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash"), "there is no bash"))
    func substitution() async throws {
        try await onStage { stage in
            let script = "AWS_CONFIG_FILE=<(printf %s \"$TEXT\") exec \"$@\""
            let ended = try await stage.run(
                ["exec", "--profile=dev", "--", "/bin/sh", "-c", "echo $AWS_DEFAULT_REGION"],
                with: ["TEXT": config(stage)], wrapper: ["/bin/bash", "-c", script, "bash"])
            #expect([String(ended.code), ended.output] == ["0", "r-pipe\n"], "\(ended.errors)")
        }
    }

    @Test("One that nobody writes to ends in a line that says so", arguments: ["profiles", "env"])
    func silent(command: String) async throws {
        try await onStage { stage in
            let path = stage.folder + "/pipe"
            mkfifo(path, 0o600)
            let ended = try await stage.run([command], with: ["AWS_CONFIG_FILE": path])
            #expect([String(ended.code), ended.output, String(ended.errorLines.count)] == ["1", "", "1"])
            #expect(
                ended.errors.contains("\(path) can't be read: it is a pipe, and nothing came out of it for 10 s."),
                "\(ended.errors)")
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
