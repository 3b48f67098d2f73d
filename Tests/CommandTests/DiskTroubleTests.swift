import Foundation
import StandIns
import Testing

@Suite("Disks that can't be written", .enabled(if: Namespace.isAvailable))
struct DiskTroubleTests {
    private static let readOnlyHome = "mount --bind \"$HOME\" \"$HOME\"; mount -o remount,bind,ro \"$HOME\""
    private static let fullHome = """
        mount -t tmpfs -o size=16k,mode=700 full "$HOME"; mkdir -m 700 "$HOME/.cache" "$HOME/.cache/oidc-cli"; \
        dd if=/dev/zero of="$HOME/filler" bs=4096 count=8 2>/dev/null || true
        """

    @Test(
        "With a home that can't be written, one signs in and gets credentials all the same, with a warning",
        arguments: [readOnlyHome, fullHome])
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
        "A login that could leave nothing behind says so in one sentence, and fails",
        arguments: [readOnlyHome, fullHome], [[], ["--min-ttl=8h"], ["--flush-oidc-token-cache"]])
    func login(mounts: String, flags: [String]) async throws {
        try await onStage { stage in
            let ended = try await stage.run(
                ["login"] + stage.provided + flags, wrapper: Namespace.wrapper(mounts))
            #expect([String(ended.code), ended.output] == ["1", ""])
            let told = ended.errorLines.filter { !$0.contains("Sign in to") && !$0.hasPrefix("http") }
            #expect(told.count == 1, "\(ended.errors)")
            #expect(told.first?.contains("signed in to \(stage.provider.issuer), but nothing could be kept") == true)
            #expect(told.first?.contains("--cache sqlite:PATH (AWS_OIDC_CACHE)") == true, "\(ended.errors)")
            #expect(told.first?.contains("login") == told.first?.hasPrefix("aws-oidc login: "), "\(ended.errors)")
            #expect(stage.visits == 1)
        }
    }

    @Test("A logout that can't remove AWS credentials says so, and fails")
    func credentialsLeft() async throws {
        try await onStage { stage in
            #expect(try await stage.run(stage.credsProcess).code == 0)
            let run = "'\(stage.runtime)'"
            let readOnly = Namespace.wrapper("mount --bind \(run) \(run); mount -o remount,bind,ro \(run)")
            let left = try await stage.run(["logout"] + stage.provided, wrapper: readOnly)
            #expect(left.code == 1)
            #expect(left.errors.contains("the cached AWS credentials could not be removed"), "\(left.errors)")
            #expect(left.output.contains("its tokens are removed."), "\(left.output)")
            let ended = try await stage.run(["logout"] + stage.provided)
            #expect([String(ended.code), ended.errors] == ["0", ""])
        }
    }

    @Test("A login anew that could not be kept fails, however long the session lasts that there was before")
    func loginAnew() async throws {
        try await onStage { stage in
            #expect(try await stage.run(["login"] + stage.provided).code == 0)
            let ended = try await stage.run(
                ["login"] + stage.provided + ["--flush-oidc-token-cache", "--min-ttl=1h"],
                wrapper: Namespace.wrapper(Self.readOnlyHome))
            #expect(ended.code == 1)
            #expect(ended.errors.contains("but nothing could be kept"), "\(ended.errors)")
        }
    }

    @Test(
        "That nothing can be kept is told once, and of the folder: no name of a moment's file",
        arguments: [readOnlyHome, fullHome], [false, true])
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
        "A flush where nothing can be written signs in anew all the same, with one warning", arguments: [readOnlyHome])
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

    @Test(
        "A logout that can't remove what is cached says in one sentence what is revoked, what is left, and why",
        arguments: [true, false])
    func logout(revokes: Bool) async throws {
        try await onStage { stage in
            try await stage.signIn()
            if !revokes { stage.provider.change { $0.faults[.revoke] = [.status(code: 503, retryAfter: 60)] } }
            let ended = try await stage.run(
                ["logout"] + stage.provided, wrapper: Namespace.wrapper(Self.readOnlyHome))
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errorLines.count == 1, "\(ended.errors)")
            let half =
                revokes
                ? "by half: the provider has revoked the refresh token and the access token"
                : "not signed out of \(stage.provider.issuer) (client \(Stage.clientID)): nothing is revoked ("
            #expect(ended.errors.contains(half), "\(ended.errors)")
            #expect(
                ended.errors.contains(
                    "\(revokes ? "but" : "and") its tokens could not be removed here: the token cache \(stage.home)/.cache/oidc-cli can't be "
                        + "written: Read-only file system. Make it writable, then run it again."), "\(ended.errors)")
        }
    }

    @Test("With a home that is full one can sign out, also of a folder that has no marker yet")
    func signOut() async throws {
        try await onStage { stage in
            try await stage.signIn()
            let full = """
                cp -a "$HOME/.cache" "$XDG_RUNTIME_DIR/kept"; mount -t tmpfs -o size=64k,mode=700 full "$HOME"; \
                cp -a "$XDG_RUNTIME_DIR/kept" "$HOME/.cache"; dd if=/dev/zero of="$HOME/filler" bs=1k 2>/dev/null || true; \
                "$@"; code=$?; ls "$HOME/.cache/oidc-cli" >&2; exit $code
                """
            let ended = try await stage.run(
                ["logout"] + stage.provided + ["--cache=nfs"], wrapper: Namespace.wrapper(full))
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("its tokens and AWS credentials are removed"), "\(ended.output)")
            #expect(!ended.errorLines.contains { $0.utf8.count == 64 }, "\(ended.errors)")
        }
    }

    @Test("With a home that is read-only, live tokens in it serve", arguments: [readOnlyHome])
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
            let ended = try await stage.run(stage.credsProcess, wrapper: Namespace.wrapper(Self.readOnlyHome))
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.grants == ["authorization_code"])
            try stage.dropCredentials()
            stage.forget()
            let later = try await stage.run(stage.credsProcess)
            #expect(later.code == 0, "\(later.errors)")
            #expect(stage.grants == ["refresh_token"])
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
