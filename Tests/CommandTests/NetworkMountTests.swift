import Foundation
import StandIns
import Testing

/// What only a real mount can show: elsewhere network file systems are told by their numbers alone.
@Suite(
    "Folders on a network file system",
    .enabled("sshfs can mount here (Debian: apt-get install sshfs openssh-sftp-server; /dev/fuse)") {
        NetworkMount.isAvailable
    })
struct NetworkMountTests {
    @Test("A home there keeps tokens as nfs does, marked so, and says it in one line at -v")
    func home() async throws {
        try await onStage { stage in
            let mount = try NetworkMount(stage)
            let home = ["HOME": mount.folder]
            let login = try await stage.run(["login"] + stage.provided, with: home, wrapper: mount.wrapper)
            #expect(login.code == 0, "\(login.errors)")
            #expect(stage.text("server/.cache/oidc-cli/format") == "aws-oidc nfs 1\n")

            // As on the first day, before there was a marker.
            try FileManager.default.removeItem(atPath: stage.folder + "/server/.cache/oidc-cli/format")
            let ended = try await stage.run(["-v"] + stage.credsProcess, with: home, wrapper: mount.wrapper)
            #expect(ended.code == 0, "\(ended.errors)")
            let lines = ended.errorLines.filter { $0.contains("token cache chosen") }
            #expect(lines.count == 1, "\(ended.errors)")
            #expect(try JSONValue(json: lines.first ?? "{}")["store"]?.text == "nfs")
            #expect(
                try JSONValue(json: lines.first ?? "{}")["reason"]?.text == "the folder is on a network file system")
            #expect(stage.visits == 1)
        }
    }

    @Test("A server that is away is waited for with a word, and what it has is used when it is back")
    func away() async throws {
        try await onStage { stage in
            try await stage.signIn()
            let mount = try NetworkMount(stage)
            let home = ["HOME": mount.folder]
            let login = try await stage.run(["login"] + stage.provided, with: home, wrapper: mount.wrapper)
            #expect(login.code == 0, "\(login.errors)")
            let said = stage.folder + "/said"
            #expect(FileManager.default.createFile(atPath: said, contents: nil))
            let child = try stage.start(
                ["token"] + stage.provided + ["--cache=nfs:\(mount.folder)/.cache/oidc-cli"],
                wrapper: mount.wrapper + ["/bin/sh", "-c", "kill -STOP $(cat '\(mount.serverID)'); exec \"$@\"", "sh"],
                errors: .path(said))
            try await wait(for: "a word on the wait") {
                try String(contentsOfFile: said, encoding: .utf8).contains("Waiting for \(mount.folder)/.cache")
            }
            let server = try #require(pid_t(stage.text("server.pid").trimmingCharacters(in: .whitespacesAndNewlines)))
            #expect(kill(server, SIGCONT) == 0)
            let ended = try await child.ended()
            #expect(ended.code == 0 && ended.output.contains("id_token"))
            #expect(stage.visits == 2)
        }
    }

    @Test("A folder for node-local storage there is used, with a warning")
    func nodeLocal() async throws {
        try await onStage { stage in
            let mount = try NetworkMount(stage)
            let flags = ["--node-local-cache", mount.folder + "/node"]
            let ended = try await stage.run(["token"] + stage.provided + flags, wrapper: mount.wrapper)
            #expect(ended.code == 0, "\(ended.errors)")
            let warnings = ended.errorLines.filter { $0.contains("is on a network file system") }
            #expect(warnings.count == 1, "\(ended.errors)")
            #expect(warnings.first?.contains("Tokens are kept there all the same, AWS credentials elsewhere") == true)
            #expect(warnings.first?.contains("name a folder on a disk of this host by --node-local-cache") == true)
            let valid = try await stage.run(
                ["check-token-valid"] + stage.provided + flags, wrapper: mount.wrapper)
            #expect(
                valid.errorLines.filter { $0.contains("is on a network file system") } == warnings, "\(valid.errors)")
            #expect(stage.visits == 1)
        }
    }

    @Test("A logout leaves no mark in a folder there: nobody would write credentials to it")
    func marks() async throws {
        try await onStage { stage in
            let mount = try NetworkMount(stage)
            let runtime = ["XDG_RUNTIME_DIR": mount.folder]
            for folder in ["/aws-oidc", "/node", "/node/\(getuid())"] {
                try stage.makeFolder(stage.folder + "/server" + folder, mode: 0o700)
            }
            let flags = ["--node-local-cache", mount.folder + "/node"]
            _ = try await stage.run(["token"] + stage.provided + flags, with: runtime, wrapper: mount.wrapper)
            let ended = try await stage.run(
                ["logout"] + stage.provided + flags, with: runtime, wrapper: mount.wrapper)
            #expect(ended.code == 0, "\(ended.errors)")
            let names = FileManager.default.enumerator(atPath: stage.folder + "/server")?.compactMap { $0 as? String }
            #expect(names?.contains { $0.hasSuffix(".state") } == true, "the host's own part is there")
            #expect(names?.filter { $0.contains("drops-") } == [])
        }
    }

    @Test("A database there is refused with what to do, and nothing is made", arguments: [true, false])
    func database(isNamed: Bool) async throws {
        try await onStage { stage in
            let mount = try NetworkMount(stage)
            let ended = try await stage.run(
                stage.credsProcess + ["--cache=sqlite" + (isNamed ? ":\(mount.folder)/db/t.db" : "")],
                with: isNamed ? [:] : ["HOME": mount.folder], wrapper: mount.wrapper)
            #expect(ended.code == 1 && ended.output.isEmpty)
            #expect(ended.errorLines.count == 1, "\(ended.errors)")
            let reason = "it is on a network file system, which SQLite can't share"
            #expect(ended.errors.contains(reason), "\(ended.errors)")
            #expect(ended.errors.contains("by --cache sqlite:PATH"), "\(ended.errors)")
            #expect(stage.visits == 0)
            let folder = stage.folder + "/server/" + (isNamed ? "db" : ".cache/oidc-cli")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        }
    }
}

/// A folder of a stage through sshfs, with an SFTP server but without a network: each program that is run mounts it for itself.
private struct NetworkMount {
    /// Where it is seen.
    let folder: String
    /// Words that run a program which sees it.
    let wrapper: [String]
    /// The file with the server's process id.
    let serverID: String

    private static let servers = [
        "/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/libexec/sftp-server",
    ]

    init(_ stage: Stage) throws {
        folder = stage.folder + "/mount"
        wrapper = try Self.prepare(stage.folder)
        serverID = stage.folder + "/server.pid"
    }

    /// Puts what is to be mounted, and where, into that folder; gives the words that mount it.
    private static func prepare(_ folder: String) throws -> [String] {
        let closed = [FileAttributeKey.posixPermissions: 0o700]
        for name in ["/server", "/mount"] {
            try FileManager.default.createDirectory(
                atPath: folder + name, withIntermediateDirectories: true, attributes: closed)
        }
        // What sshfs takes for ssh: its words name a host and the subsystem, which is all that there is here.
        let text = "#!/bin/sh\necho $$ >'\(folder)/server.pid'\nexec \(server ?? "false")\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/ssh"))
        try FileManager.default.setAttributes(closed, ofItemAtPath: folder + "/ssh")
        return Namespace.wrapper(
            """
            sshfs -o ssh_command='\(folder)/ssh' nowhere:'\(folder)/server' '\(folder)/mount' >&2
            "$@" && code=0 || code=$?; umount -l '\(folder)/mount'; exit $code
            """)
    }

    private static var server: String? { servers.first { FileManager.default.isExecutableFile(atPath: $0) } }

    /// Whether sshfs and a server are there, and this system lets them mount.
    static let isAvailable: Bool = {
        let folder = FileManager.default.temporaryDirectory.path + "/aws-oidc-mount-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        guard server != nil, Namespace.isAvailable, let words = try? prepare(folder) else { return false }
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: words[0])
        probe.arguments = words.dropFirst() + ["/bin/true"]
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }()
}
