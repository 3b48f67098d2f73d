import Foundation
import StandIns
import Testing

@Suite("Disks that can't be written", .enabled(if: Namespace.isAvailable))
struct DiskTroubleTests {
    @Test(
        "With a home that can't be written, one signs in and gets credentials all the same, with a warning",
        arguments: [Namespace.readOnlyHome, Namespace.fullHome])
    func home(mounts: String) async throws {
        try await onStage { stage in
            let ended = try await stage.run(stage.credsProcess, wrapper: Namespace.wrapper(mounts))
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("AccessKeyId"))
            #expect(ended.errors.contains("can't be written"), "\(ended.errors)")
            #expect(stage.visits == 1)
            // The credentials lie on this host's own disk: they serve every call.
            let again = try await stage.run(stage.credsProcess, wrapper: Namespace.wrapper(mounts))
            #expect([again.output, again.errors] == [ended.output, ""])
        }
    }

    @Test(
        "That nothing can be kept is told once, and of the folder: no name of a moment's file",
        arguments: [Namespace.readOnlyHome, Namespace.fullHome], [false, true])
    func toldOnce(mounts: String, isNodeLocal: Bool) async throws {
        try await onStage { stage in
            let node = stage.folder + "/node"
            try FileManager.default.createDirectory(atPath: node, withIntermediateDirectories: false)
            let full =
                "mount -t tmpfs -o size=16k,mode=700 full '\(node)'; dd if=/dev/zero of='\(node)/filler' 2>/dev/null || true"
            let ended = try await stage.run(
                ["token"] + stage.provided + (isNodeLocal ? ["--node-local-cache", node] : []),
                wrapper: Namespace.wrapper(mounts + (isNodeLocal ? "; " + full : "")))
            #expect(ended.code == 0, "\(ended.errors)")
            let told = ended.errorLines.filter { !$0.contains("Sign in to") && !$0.hasPrefix("http") }
            #expect(told.count == 1, "\(ended.errors)")
            #expect(ended.errors.contains("can't be written"), "\(ended.errors)")
            for name in [".new.", ".publish", ".right"] { #expect(!ended.errors.contains(name), "\(ended.errors)") }
            #expect(stage.visits == 1)
        }
    }

    @Test(
        "What can't be written is named, and what would help: room where it is short, else nothing about room",
        arguments: ["file", "sqlite"],
        [
            (Namespace.readOnlyHome, "Read-only file system. Make it writable, or name"),
            (Namespace.fullHome, "No space left on device. Make room, or name"),
        ])
    func remedy(cache: String, trouble: (mounts: String, words: String)) async throws {
        try await onStage { stage in
            for path in ["/.cache", "/.cache/oidc-cli"] { try stage.makeFolder(stage.home + path, mode: 0o700) }
            let ended = try await stage.run(
                ["token", "--cache", cache] + stage.provided, wrapper: Namespace.wrapper(trouble.mounts))
            #expect(ended.code == 0, "\(ended.errors)")
            let place = "\(stage.home)/.cache/oidc-cli" + (cache == "sqlite" ? "/tokens.db" : "")
            #expect(ended.errors.contains("\(place) can't be written: \(trouble.words)"), "\(ended.errors)")
        }
    }

    @Test("Where neither tokens nor credentials can be kept, one warning says so")
    func allFull() async throws {
        try await onStage { stage in
            let full = """
                mount -t tmpfs -o size=16k,mode=700 full "$XDG_RUNTIME_DIR"; mkdir -m 700 "$XDG_RUNTIME_DIR/aws-oidc"; \
                dd if=/dev/zero of="$XDG_RUNTIME_DIR/filler" bs=4096 count=8 2>/dev/null || true
                """
            let ended = try await stage.run(
                stage.credsProcess, wrapper: Namespace.wrapper("\(Namespace.fullHome); \(full)"))
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("AccessKeyId"))
            let told = ended.errorLines.filter { !$0.contains("Sign in to") && !$0.hasPrefix("http") }
            #expect(told.count == 1, "\(ended.errors)")
        }
    }

    @Test(
        "A flush where nothing can be written signs in anew all the same, with one warning",
        arguments: [Namespace.readOnlyHome])
    func flush(mounts: String) async throws {
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess)
            #expect(first.code == 0, "\(first.errors)")
            let ended = try await stage.run(
                stage.credsProcess + ["--flush-oidc-token-cache"], wrapper: Namespace.wrapper(mounts))
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("AccessKeyId") && ended.output != first.output)
            let told = ended.errorLines.filter { !$0.contains("Sign in to") && !$0.hasPrefix("http") }
            #expect(told.count == 1, "\(ended.errors)")
            #expect(stage.visits == 2)
        }
    }

    @Test("With a home that is read-only, live tokens in it serve", arguments: [Namespace.readOnlyHome])
    func liveTokens(mounts: String) async throws {
        try await onStage { stage in
            try await stage.signIn()
            let ended = try await stage.run(stage.credsProcess, wrapper: Namespace.wrapper(mounts))
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.requests == [.assumeRole])
        }
    }

    @Test("With a home that is read-only, a refresh token that rotates is not spent, and a person is asked instead")
    func rotation() async throws {
        try await onStage { stage in
            try await stage.signInExpired()
            let ended = try await stage.run(stage.credsProcess, wrapper: Namespace.wrapper(Namespace.readOnlyHome))
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.grants == ["authorization_code"])
            try stage.dropCredentials()
            stage.forget()
            let later = try await stage.run(stage.credsProcess)
            #expect(later.code == 0, "\(later.errors)")
            #expect(stage.grants == ["refresh_token"])
        }
    }

    @Test("Without HOME the user database names it")
    func homeless() async throws {
        try await onStage { stage in
            let line = "somebody:x:\(geteuid()):\(getegid())::\(stage.home):/bin/sh\n"
            try Data(line.utf8).write(to: URL(fileURLWithPath: stage.folder + "/passwd"))
            let ended = try await stage.run(
                stage.credsProcess, with: ["HOME": nil],
                wrapper: Namespace.wrapper("mount --bind '\(stage.folder)/passwd' /etc/passwd"))
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(try !stage.tokenFile().isEmpty)
        }
    }

    @Test("Without any home one signs in and gets credentials all the same, with a warning")
    func nameless() async throws {
        try await onStage { stage in
            try Data("passwd: files\n".utf8).write(to: URL(fileURLWithPath: stage.folder + "/nsswitch"))
            let ended = try await stage.run(
                stage.credsProcess, with: ["HOME": nil],
                wrapper: Namespace.wrapper(
                    // Without the second one systemd knows root all the same.
                    "mount --bind /dev/null /etc/passwd; mount --bind '\(stage.folder)/nsswitch' /etc/nsswitch.conf"))
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("AccessKeyId"))
            #expect(ended.errors.contains("HOME"), "\(ended.errors)")
            #expect(stage.visits == 1)
        }
    }

    @Test("Without any home and AWS_CONFIG_FILE it is said that HOME is not set")
    func namelessProfile() async throws {
        try await onStage { stage in
            try Data("passwd: files\n".utf8).write(to: URL(fileURLWithPath: stage.folder + "/nsswitch"))
            let ended = try await stage.run(
                ["env", "--profile=dev"], with: ["HOME": nil],
                wrapper: Namespace.wrapper(
                    // Without the second one systemd knows root all the same.
                    "mount --bind /dev/null /etc/passwd; mount --bind '\(stage.folder)/nsswitch' /etc/nsswitch.conf"))
            #expect(ended.code == 1)
            #expect(ended.errors.contains("HOME is not set"), "\(ended.errors)")
            #expect(!ended.errors.contains("/.aws/config"), "\(ended.errors)")
        }
    }
}
