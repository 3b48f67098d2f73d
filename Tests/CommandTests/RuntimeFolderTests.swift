import Foundation
import StandIns
import Testing

@Suite("Runtime folders that can't be written, or not be trusted", .enabled(if: Namespace.isAvailable))
struct RuntimeFolderTests {
    /// Commands that make the runtime folder one that can't be written to, and put another one below /tmp.
    private func unwritable(_ stage: Stage) throws -> [String] {
        let (run, other) = ("'\(stage.runtime)'", stage.folder + "/other")
        try FileManager.default.createDirectory(
            atPath: other, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let below = "/tmp/aws-oidc-\(geteuid())"
        return Namespace.wrapper(
            "mkdir -p -m 700 \(below); mount --bind '\(other)' \(below); mount --bind \(run) \(run); "
                + "mount -o remount,bind,ro \(run)")
    }

    @Test("Where the runtime folder can't be written to any more, what lies in it stands before nothing newer")
    func unwritable() async throws {
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess)
            #expect(first.code == 0, "\(first.errors)")
            let wrapper = try unwritable(stage)
            // A sign-in is followed where it is written down.
            let flushed = try await stage.run(stage.credsProcess + ["--flush-oidc-token-cache"], wrapper: wrapper)
            #expect(flushed.code == 0, "\(flushed.errors)")
            #expect(flushed.output.contains("AccessKeyId") && flushed.output != first.output)
            #expect(stage.visits == 2)
            // The front door and the client give what was got last.
            for program in ["/aws-oidc", "/aws-oidc-client"] {
                let next = try await stage.run(
                    stage.credsProcess, wrapper: wrapper, program: Stage.programs + program)
                #expect([next.output, next.errors] == [flushed.output, ""])
            }
            let login = try await stage.run(
                ["login", "--flush-oidc-token-cache"] + stage.provided, wrapper: wrapper)
            #expect(login.code == 0, "\(login.errors)")
            #expect(stage.visits == 3)
        }
    }

    @Test("Where no folder can be written to, a flush gives new credentials all the same")
    func nowhereToWrite() async throws {
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess)
            #expect(first.code == 0, "\(first.errors)")
            let wrapper = Namespace.wrapper(
                "mkdir -p -m 700 /tmp/aws-oidc-\(geteuid()); mount -t tmpfs -o ro none /tmp/aws-oidc-\(geteuid()); "
                    + "mount --bind '\(stage.runtime)' '\(stage.runtime)'; mount -o remount,bind,ro '\(stage.runtime)'")
            let cached = try await stage.run(stage.credsProcess, wrapper: wrapper)
            #expect([cached.output, cached.errors] == [first.output, ""])
            let flushed = try await stage.run(stage.credsProcess + ["--flush-oidc-token-cache"], wrapper: wrapper)
            #expect(flushed.code == 0, "\(flushed.errors)")
            #expect(flushed.output.contains("AccessKeyId") && flushed.output != first.output)
            let words = "the cached AWS credentials in \(stage.runtime)/aws-oidc could not be removed: Read-only file"
            #expect(flushed.errors.contains(words), "\(flushed.errors)")
        }
    }

    @Test("With a full disk below the runtime folder, credentials are printed all the same, with a warning")
    func runtime() async throws {
        try await onStage { stage in
            try await stage.signIn()
            let full = """
                mount -t tmpfs -o size=16k,mode=700 full "$XDG_RUNTIME_DIR"; mkdir -m 700 "$XDG_RUNTIME_DIR/aws-oidc"; \
                dd if=/dev/zero of="$XDG_RUNTIME_DIR/filler" bs=4096 count=8 2>/dev/null || true
                """
            let ended = try await stage.run(stage.credsProcess, wrapper: Namespace.wrapper(full))
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("AccessKeyId"))
            #expect(ended.errors.contains("can't be cached"), "\(ended.errors)")
        }
    }

    @Test("Without XDG_RUNTIME_DIR the credentials lie in a folder of one's own below /tmp")
    func temporary() async throws {
        try await onStage { stage in
            try await stage.signIn()
            let tokens = try await stage.run(
                stage.credsProcess, with: stage.elsewhere(["XDG_RUNTIME_DIR": nil]),
                wrapper: Namespace.wrapper(
                    stage.mountedElsewhere
                        + "/mnt/bin/aws-oidc creds-process \(stage.credsProcess.dropFirst().joined(separator: " ")); "
                        + "stat -c '%a %n' /tmp/aws-oidc-* >&2"),
                program: "/mnt/bin/aws-oidc")
            #expect(tokens.code == 0, "\(tokens.errors)")
            #expect(tokens.errors == "700 /tmp/aws-oidc-\(geteuid())\n")
            let halves = tokens.output.split(separator: "}\n")
            #expect(halves.count == 2 && halves.first == halves.last)
            #expect(stage.requests == [.assumeRole])
        }
    }

    @Test("Credentials in a folder that was opened to others are not handed out, and why is told")
    func opened() async throws {
        try await onStage { stage in
            try await stage.signIn()
            let ended = try await stage.run(
                stage.credsProcess, with: stage.elsewhere(["XDG_RUNTIME_DIR": nil]),
                wrapper: Namespace.wrapper(
                    stage.mountedElsewhere
                        + "/mnt/bin/aws-oidc creds-process \(stage.credsProcess.dropFirst().joined(separator: " ")); "
                        + "chmod 777 /tmp/aws-oidc-\(geteuid())"),
                program: "/mnt/bin/aws-oidc")
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(
                ended.errors.contains("/tmp/aws-oidc-\(geteuid()) is not used: others can write to it"),
                "\(ended.errors)")
            #expect(stage.requests == [.assumeRole, .assumeRole])
        }
    }

    @Test("A folder below /tmp that somebody else has made is not used: credentials are printed, with a warning")
    func plantedTemporary() async throws {
        try await onStage { stage in
            try await stage.signIn()
            for plant in ["mkdir -m 777", "ln -s /mnt"] {
                stage.forget()
                let ended = try await stage.run(
                    stage.credsProcess, with: stage.elsewhere(["XDG_RUNTIME_DIR": nil]),
                    wrapper: Namespace.wrapper(
                        stage.mountedElsewhere + "chmod 777 /mnt; \(plant) /tmp/aws-oidc-\(geteuid())"),
                    program: "/mnt/bin/aws-oidc")
                #expect(ended.code == 0, "\(ended.errors)")
                #expect(ended.output.contains("AccessKeyId"))
                #expect(ended.errors.contains("/tmp/aws-oidc-\(geteuid()) is not used"), "\(ended.errors)")
                #expect(stage.requests == [.assumeRole])
            }
        }
    }

    @Test("Where a sign-in can't be followed, it runs in the process that needs it, and its tokens are kept")
    func nowhereToFollow() async throws {
        try await onStage { stage in
            let ended = try await stage.run(
                stage.credsProcess,
                with: stage.elsewhere(["XDG_RUNTIME_DIR": nil, "STAND_IN_BROWSER_LOG": "/mnt/stage/visits"]),
                wrapper: Namespace.wrapper(stage.mountedElsewhere + "mkdir -m 777 /tmp/aws-oidc-\(geteuid())"),
                program: "/mnt/bin/aws-oidc")
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("AccessKeyId"))
            #expect(stage.visits == 1)
            #expect(try await stage.run(["check-token-valid"] + stage.provided).code == 0)
        }
    }

    @Test("A session that ends too soon is replaced where a sign-in can't be followed, too")
    func nowhereToFollowAnew() async throws {
        var settings = StandInIdentityProvider.Settings()
        settings.refreshTokenLife = 3600
        try await onStage(settings) { stage in
            try await stage.signIn()
            stage.provider.change { $0.refreshTokenLife = 10 * 3600 }
            let ended = try await stage.run(
                ["login", "--min-ttl=8h"] + stage.provided,
                with: stage.elsewhere(["XDG_RUNTIME_DIR": nil, "STAND_IN_BROWSER_LOG": "/mnt/stage/visits"]),
                wrapper: Namespace.wrapper(stage.mountedElsewhere + "mkdir -m 777 /tmp/aws-oidc-\(geteuid())"),
                program: "/mnt/bin/aws-oidc")
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.visits == 2)
        }
    }
}

extension Stage {
    /// Commands that show this stage and the executables below /mnt, and an empty /tmp.
    fileprivate var mountedElsewhere: String {
        "mount -t tmpfs elsewhere /mnt; mkdir /mnt/bin /mnt/stage; mount --bind '\(Self.programs)' /mnt/bin; "
            + "mount --bind '\(folder)' /mnt/stage; mount -t tmpfs nothing /tmp; "
    }

    /// Variables of a process that sees them there.
    fileprivate func elsewhere(_ changes: [String: String?]) -> [String: String?] {
        [
            "HOME": "/mnt/stage/home", "BROWSER": "/mnt/bin/aws-oidc-stand-ins browser",
            "XDG_RUNTIME_DIR": "/mnt/stage/run",
        ].merging(changes) { $1 }
    }
}
