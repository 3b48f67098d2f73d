import Foundation
import StandIns
import Testing

@Suite("A logout on disks that can't be written", .enabled(if: Namespace.isAvailable))
struct LogoutDiskTests {
    @Test("A logout that can't remove AWS credentials says so, and fails")
    func credentialsLeft() async throws {
        try await onStage { stage in
            #expect(try await stage.run(stage.credsProcess).code == 0)
            let run = "'\(stage.runtime)'"
            let readOnly = Namespace.wrapper("mount --bind \(run) \(run); mount -o remount,bind,ro \(run)")
            let left = try await stage.run(["logout"] + stage.provided, wrapper: readOnly)
            #expect(left.code == 1)
            let words =
                "the cached AWS credentials in \(stage.runtime)/aws-oidc could not be removed: Read-only file system. "
                + "Make it writable, then run it again."
            #expect(left.errors.contains(words), "\(left.errors)")
            #expect(left.output.contains("its tokens are removed."), "\(left.output)")
            let ended = try await stage.run(["logout"] + stage.provided)
            #expect([String(ended.code), ended.errors] == ["0", ""])
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
                ["logout"] + stage.provided, wrapper: Namespace.wrapper(Namespace.readOnlyHome))
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errorLines.count == 1, "\(ended.errors)")
            let half =
                revokes
                ? "by half: the provider has revoked the refresh token and the access token"
                : "not signed out of \(stage.provider.issuer) (client \(Stage.clientID)): nothing is revoked ("
            #expect(ended.errors.contains(half), "\(ended.errors)")
            #expect(
                ended.errors.contains(
                    "\(revokes ? "but" : "and") its tokens could not all be removed: the token cache \(stage.home)/.cache/oidc-cli can't be "
                        + "written: Read-only file system. Make it writable, then run it again."), "\(ended.errors)")
            // What the provider has revoked is of no use, though it is still there.
            let check = try await stage.run(["check-token-valid"] + stage.provided)
            #expect([String(check.code), check.output] == (revokes ? ["1", "invalid\n"] : ["0", "valid\n"]))
            #expect(check.errors.contains("are revoked, though a logout could not remove them") == revokes)
            guard revokes else { return }
            try stage.configureProfile()
            let status = try await stage.run(["status"])
            #expect(status.output.contains("not signed in"), "\(status.output)")
            #expect(try await stage.run(["check-refresh-ttl"] + stage.provided).output == "0s\n")
            #expect(try await stage.run(["login"] + stage.provided).code == 0)
            #expect(stage.visits == 2)
            #expect(try await stage.run(["check-token-valid"] + stage.provided).output == "valid\n")
        }
    }

    @Test(
        "Where nothing is cached, a folder that can't be written to is nothing to be sorry for",
        arguments: ["file", "sqlite", "nfs"])
    func nothing(cache: String) async throws {
        try await onStage { stage in
            for path in ["/.cache", "/.cache/oidc-cli"] { try stage.makeFolder(stage.home + path, mode: 0o700) }
            let ended = try await stage.run(
                ["logout", "--cache", cache] + stage.provided, wrapper: Namespace.wrapper(Namespace.readOnlyHome))
            #expect([String(ended.code), ended.errors] == ["0", ""])
            #expect(ended.output.contains("there was nothing to remove"), "\(ended.output)")
        }
    }

    @Test("With a home that is full, what could not be kept is nothing to remove", arguments: [true, false])
    func nothingKept(signsIn: Bool) async throws {
        try await onStage { stage in
            let signIn = "command=$1; shift 2; \"$command\" login \"$@\" >&2; set -- \"$command\" logout \"$@\""
            let ended = try await stage.run(
                ["logout"] + stage.provided,
                wrapper: Namespace.wrapper(Namespace.fullHome + (signsIn ? "; { \(signIn); } || true" : "")))
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("there was nothing to remove"), "\(ended.output)")
            #expect(stage.visits == (signsIn ? 1 : 0))
        }
    }

    @Test("Of two places that can't be cleared each is named, and a folder of credentials that they share once")
    func places() async throws {
        try await onStage { stage in
            let node = stage.folder + "/node"
            try stage.makeFolder(node, mode: 0o700)
            let lines = ["", " --node-local-cache \(node)"].map { "credential_process = \(stage.processLine)\($0)\n" }
            try stage.configure("[profile a]\n\(lines[0])[profile b]\n\(lines[1])")
            for profile in ["a", "b"] { #expect(try await stage.run(["env", "--profile", profile]).code == 0) }
            stage.provider.change { $0.faults[.revoke] = [.status(code: 503, retryAfter: 60)] }
            let run = "'\(stage.runtime)'"
            let readOnly = "mount --bind \(run) \(run); mount -o remount,bind,ro \(run)"
            let ended = try await stage.run(
                ["logout", "--all"], wrapper: Namespace.wrapper("\(Namespace.readOnlyHome); \(readOnly)"))
            #expect(ended.code == 1)
            for place in ["in the usual place", "by --node-local-cache \(node)"] {
                let words = "not signed out of \(stage.provider.issuer) (client \(Stage.clientID), kept \(place)): "
                #expect(ended.errors.contains(words), "\(ended.errors)")
            }
            let times = ended.errors.components(separatedBy: "credentials in \(stage.runtime)/aws-oidc could").count - 1
            #expect(times == 1, "\(ended.errors)")
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
}
