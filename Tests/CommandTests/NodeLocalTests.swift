import Foundation
import StandIns
import Testing

@Suite("Node-local storage")
struct NodeLocalTests {
    /// Where node-local files lie below the folder that was named.
    private func folder(_ base: String) -> String { "\(base)/\(getuid())/\(hostName)" }

    private var hostName: String { ProcessInfo.processInfo.hostName }

    /// Words that run a program on a host of that name.
    static func host(_ name: String) -> [String] {
        ["/usr/bin/unshare"] + (geteuid() == 0 ? [] : ["--map-root-user"])
            + ["--uts", "/bin/sh", "-c", "hostname \(name); exec \"$@\"", "sh"]
    }

    static let canNameHosts: Bool = {
        let probe = Process()
        let words = host("probe") + ["/bin/true"]
        probe.executableURL = URL(fileURLWithPath: words[0])
        probe.arguments = Array(words.dropFirst())
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }()

    @Test("Tokens and credentials lie in DIR/UID/HOSTNAME, the tokens in the home as well", arguments: [true, false])
    func place(byFlag: Bool) async throws {
        try await onStage { stage in
            let base = stage.folder + "/node"
            let ended = try await stage.run(
                stage.credsProcess + (byFlag ? ["--node-local-cache", base] : []),
                with: byFlag ? ["AWS_OIDC_NODE_LOCAL_CACHE": "/no/such/folder"] : ["AWS_OIDC_NODE_LOCAL_CACHE": base])
            #expect(ended.code == 0, "\(ended.errors)")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder(base))
            #expect(names.contains { $0.contains(/^[0-9a-f]{64}-/) && $0.hasSuffix("-\(hostName)") })
            #expect(names.contains { $0.hasPrefix("credentials-") })
            #expect(try FileManager.default.attributesOfItem(atPath: base)[.posixPermissions] as? Int == 0o700)
            #expect(
                !FileManager.default.fileExists(atPath: stage.home + "/.aws-oidc"), "no log in a home that may hang")
            #expect(!FileManager.default.fileExists(atPath: stage.runtime + "/aws-oidc"))

            stage.forget()
            let again = try await stage.run(
                stage.credsProcess + (byFlag ? ["--node-local-cache", base] : []),
                with: byFlag ? [:] : ["AWS_OIDC_NODE_LOCAL_CACHE": base])
            #expect(again.output == ended.output)
            #expect(again.errors.isEmpty)
            #expect(stage.requests.isEmpty)
        }
    }

    @Test("An empty variable names no folder, and an empty flag is refused: what it was to name is not known")
    func empty() async throws {
        try await onStage { stage in
            let base = stage.folder + "/node"
            for flag in [["--node-local-cache="], ["--node-local-cache", ""]] {
                let ended = try await stage.run(
                    stage.credsProcess + flag, with: ["AWS_OIDC_NODE_LOCAL_CACHE": base])
                #expect([String(ended.code), ended.output] == ["1", ""])
                #expect(
                    ended.errors.contains("--node-local-cache must be a folder whose path begins with / or ~/"),
                    "\(ended.errors)")
            }
            let ended = try await stage.run(stage.credsProcess, with: ["AWS_OIDC_NODE_LOCAL_CACHE": ""])
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(!FileManager.default.fileExists(atPath: base))
            #expect(stage.visits == 1)
        }
    }

    @Test("What the home holds is copied: nobody is asked to sign in again")
    func bootstrap() async throws {
        try await onStage { stage in
            try await stage.signIn()
            let ended = try await stage.run(stage.credsProcess + ["--node-local-cache", stage.folder + "/node"])
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.requests == [.assumeRole])
            #expect(stage.visits == 1)
        }
    }

    @Test("A sign-in for node-local storage is one for every host of this home")
    func signIn() async throws {
        try await onStage { stage in
            let login = try await stage.run(["login"] + stage.provided + ["--node-local-cache", stage.folder + "/a"])
            #expect(login.code == 0, "\(login.errors)")
            for more in [
                ["--node-local-cache", stage.folder + "/a"], ["--node-local-cache", stage.folder + "/b"], [],
            ] {
                #expect(try await stage.run(["check-token-valid"] + stage.provided + more).code == 0)
            }
            #expect(stage.visits == 1)
        }
    }

    @Test(
        "Two hosts with four processes each spend a rotating refresh token once",
        .enabled("host names can be given here") { canNameHosts })
    func twoHosts() async throws {
        try await onStage(alone: true) { stage in
            try await stage.signInExpired()
            let base = stage.folder + "/node"
            let children = try (0..<8).map { number in
                try stage.start(
                    ["token"] + stage.provided, with: ["AWS_OIDC_NODE_LOCAL_CACHE": base, "BROWSER": nil],
                    wrapper: Self.host("host\(number % 2)"))
            }
            var outputs: Set<String> = []
            for child in children {
                let ended = try await child.ended()
                #expect(ended.code == 0, "\(ended.errors)")
                outputs.insert(ended.output)
            }
            #expect(outputs.count == 1)
            #expect(stage.grants == ["refresh_token"])
            let hosts = try FileManager.default.contentsOfDirectory(atPath: "\(base)/\(getuid())")
            #expect(hosts.sorted() == ["host0", "host1"])
        }
    }

    @Test(
        "A host whose name is empty, or would lead elsewhere, has a folder of its own like any other",
        .enabled("root can give a host such a name here") { getuid() == 0 && canNameHosts },
        arguments: [("", "localhost"), ("..", "localhost"), ("../evil/name", "..-evil-name")])
    func oddName(_ host: (name: String, folder: String)) async throws {
        try await onStage { stage in
            let base = stage.folder + "/node"
            let flags = ["--node-local-cache", base]
            // Zero bytes would leave the name as it is.
            let name = ["/bin/sh", "-c", "printf '\(host.name)\\n' >/proc/sys/kernel/hostname; exec \"$@\"", "sh"]
            let wrapper = Self.host("probe") + name
            let ended = try await stage.run(stage.credsProcess + flags, wrapper: wrapper)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: base) == ["\(getuid())"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(base)/\(getuid())") == [host.folder])
            let files = try FileManager.default.contentsOfDirectory(atPath: "\(base)/\(getuid())/\(host.folder)")
            #expect(files.contains { $0.contains(/^[0-9a-f]{64}-/) && $0.hasSuffix("-" + host.folder) }, "\(files)")
            let words = ended.errorLines.filter {
                $0.contains("\(base)/\(getuid())/\(host.folder), which another host may share")
            }
            #expect(words.count == 1, "\(ended.errors)")
            #expect(words.first?.contains(host.name.isEmpty ? "no name" : "\"\(host.name)\"") == true, "\(words)")
            let again = try await stage.run(["check-token-valid"] + stage.provided + flags, wrapper: wrapper)
            #expect(again.code == 0, "\(again.errors)")
            #expect(stage.visits == 1)
        }
    }

    @Test(
        "Who signs out on one host is signed out on every other, also where that has a copy of the tokens",
        .enabled("host names can be given here") { canNameHosts }, arguments: [[], ["--cache", "nfs"]])
    func logout(cache: [String]) async throws {
        try await onStage { stage in
            // A provider that does not revoke: what is left over would still be good for a refresh.
            stage.provider.change { $0.tokenLife = 0 }
            stage.provider.change { $0.faults[.revoke] = [.status(code: 503, retryAfter: 60)] }
            func run(_ command: String, on host: String) async throws -> Child.Ended {
                try await stage.run(
                    [command] + stage.provided + cache,
                    with: ["AWS_OIDC_NODE_LOCAL_CACHE": stage.folder + "/node"], wrapper: Self.host(host))
            }
            #expect(try await run("login", on: "hosta").code == 0)
            _ = try await run("check-token-valid", on: "hostb")
            #expect(try await run("logout", on: "hosta").code == 1)
            stage.provider.change { $0.tokenLife = 3600 }
            stage.forget()
            let ended = try await stage.run(
                ["token"] + stage.provided + cache,
                with: ["AWS_OIDC_NODE_LOCAL_CACHE": stage.folder + "/node", "BROWSER": nil],
                wrapper: Self.host("hostb"))
            #expect([String(ended.code), ended.output] == ["1", ""], "\(ended.errors)")
            #expect(ended.errors.contains("not signed in"), "\(ended.errors)")
            #expect(stage.grants == [])
            #expect(try await run("check-token-valid", on: "hosta").code == 1)
        }
    }

    @Test("A home that hangs does not stop a host that has its own tokens, and it is told")
    func hangs() async throws {
        try await onStage { stage in
            let flags = ["--node-local-cache", stage.folder + "/node"]
            stage.provider.change { $0.tokenLife = 0 }
            #expect(try await stage.run(["login"] + stage.provided + flags).code == 0)
            stage.provider.change { $0.tokenLife = 3600 }
            // Somebody signs in for the home's own tokens: whoever looks after the home for this host waits for them.
            let person = try stage.slowPerson()
            let login = try stage.start(
                ["login", "--flush-oidc-token-cache"] + stage.provided, with: ["BROWSER": person.browser])
            try await wait(for: "the address") { login.showsAddress }
            stage.forget()
            let child = try stage.start(["token"] + stage.provided + flags)
            try await wait(for: "a word on whom it waits for") { child.errorsSoFar.contains("Waiting for the sign-in") }
            // From now on it is as one that is in a file call which does not come back.
            let servants = stage.processes { $0.contains("shared-store") }
            #expect(servants.count == 1)
            for servant in servants { kill(servant, SIGSTOP) }
            let ended = try await child.ended()
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.errors.contains("no answer for 2 s"), "\(ended.errors)")
            #expect(ended.errors.contains("this host goes on with its own tokens alone"), "\(ended.errors)")
            #expect(stage.grants == ["refresh_token"])
            #expect(stage.visits == 1)
        }
    }

    @Test("A home that is read-only is told once, and the host keeps its own tokens", arguments: [true, false])
    func readOnlyHome(hasTokens: Bool) async throws {
        guard Namespace.isAvailable else { return }
        try await onStage { stage in
            if hasTokens { try await stage.signInExpired() }
            let flags = ["--node-local-cache", stage.folder + "/node"]
            let readOnly = Namespace.wrapper(#"mount --bind "$HOME" "$HOME"; mount -o remount,bind,ro "$HOME""#)
            let ended = try await stage.run(["token"] + stage.provided + flags, wrapper: readOnly)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.errorLines.filter { $0.contains("Read-only file system") }.count == 1)
            stage.forget()
            let again = try await stage.run(["token"] + stage.provided + flags, wrapper: readOnly)
            #expect(again.output == ended.output)
            #expect(again.errors.isEmpty)
            #expect(stage.requests.isEmpty)

            stage.provider.change { $0.tokenLife = 3600 }
            #expect(try await stage.run(["check-token-valid"] + stage.provided + flags).code == 0)
        }
    }

    @Test(
        "A part of the folder that is somebody else's, or leads elsewhere, is refused with what to do",
        .enabled(if: getuid() == 0, "only root can give a folder away"), arguments: [true, false],
        [[], ["--cache=sqlite"]])
    func somebodyElses(isLink: Bool, flags: [String]) async throws {
        try await onStage { stage in
            let base = stage.folder + "/node"
            mkdir(base, 0o755)
            chmod(base, 0o1777)
            if isLink {
                mkdir(stage.folder + "/elsewhere", 0o700)
                symlink(stage.folder + "/elsewhere", "\(base)/0")
            } else {
                mkdir("\(base)/0", 0o777)
                chown("\(base)/0", 12_345, 12_345)
            }
            let ended = try await stage.run(["token"] + stage.provided + ["--node-local-cache", base] + flags)
            #expect(ended.code == 1)
            #expect(ended.errors.contains("\(base)/0 is not used: "))
            #expect(ended.errorLines.count == 1, "\(ended.errors)")
            #expect(ended.errors.contains(isLink ? "it is a link" : "it belongs to user 12345"))
            #expect(stage.visits == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(base)/0") == [], "nothing is made there")
        }
    }
}
