import Foundation
import StandIns
import Testing

extension NodeLocalTests {
    @Test(
        "Two users share a folder that belongs to nobody in particular, each with a part of their own",
        .enabled(if: getuid() == 0, "only root can be two users"))
    func sharedFolder() async throws {
        try await onStage { stage in
            let base = stage.folder + "/node"
            mkdir(base, 0o755)
            chmod(base, 0o1777)
            // The other user has a home of their own, and gets at the programs and at the folder.
            let other: uid_t = 12_345
            for path in ["/other", "/other/home", "/other/run"] {
                mkdir(stage.folder + path, 0o700)
                chown(stage.folder + path, other, other)
            }
            let flags = ["--node-local-cache", base]
            let mine = try await stage.run(stage.credsProcess + flags)
            #expect(mine.code == 0, "\(mine.errors)")
            let theirs = try await stage.run(
                stage.credsProcess + ["--node-local-cache", "/mnt/node"],
                with: [
                    "HOME": "/mnt/other/home", "XDG_RUNTIME_DIR": "/mnt/other/run",
                    "BROWSER": "/mnt/bin/aws-oidc-stand-ins browser", "STAND_IN_BROWSER_LOG": "/mnt/other/visits",
                ],
                wrapper: Namespace.wrapper(
                    """
                    mount -t tmpfs elsewhere /mnt; chmod 755 /mnt; mkdir /mnt/bin /mnt/node /mnt/other; \
                    mount --bind '\(Stage.programs)' /mnt/bin; mount --bind '\(base)' /mnt/node; \
                    mount --bind '\(stage.folder)/other' /mnt/other; cd /mnt
                    """) + ["/usr/bin/setpriv", "--reuid=\(other)", "--regid=\(other)", "--clear-groups"],
                program: "/mnt/bin/aws-oidc")
            #expect(theirs.code == 0, "\(theirs.errors)")
            #expect(theirs.output != mine.output && theirs.output.contains("AccessKeyId"))
            for user in [getuid(), other] {
                var part = stat()
                #expect(lstat("\(base)/\(user)", &part) == 0)
                #expect(part.st_uid == user && part.st_mode & 0o7777 == 0o700)
            }
            #expect(stage.visits == 1)
            #expect(stage.text("other/visits").split(separator: "\n").count == 1)
            #expect(try FileManager.default.attributesOfItem(atPath: base)[.posixPermissions] as? Int == 0o1777)
            // Each of them finds their own again.
            stage.forget()
            #expect(try await stage.run(stage.credsProcess + flags).output == mine.output)
            #expect(stage.requests.isEmpty)
        }
    }

    @Test("A file in the folder's place is told, and the tokens in the home serve")
    func file() async throws {
        try await onStage { stage in
            let base = stage.folder + "/node"
            try Data([1]).write(to: URL(fileURLWithPath: base))
            let ended = try await stage.run(stage.credsProcess + ["--node-local-cache", base])
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.errors.contains("\(base) can't be written: Not a directory."), "\(ended.errors)")
            #expect(stage.visits == 1)
        }
    }

    @Test("How the home keeps its tokens is a line at -v here as well")
    func chosen() async throws {
        try await onStage { stage in
            // Each time for a host that has nothing yet, and looks at the home.
            for (host, (flags, store)) in [(["--cache=nfs", "-v"], "nfs"), (["-v"], "nfs"), ([], nil)].enumerated() {
                let words = ["token"] + stage.provided + ["--node-local-cache", "\(stage.folder)/node\(host)"]
                let ended = try await stage.run(words + flags)
                #expect(ended.code == 0, "\(ended.errors)")
                let lines = ended.errorLines.filter { $0.contains("\"token cache chosen\"") }
                if let store {
                    #expect(
                        !lines.isEmpty && lines.allSatisfy { $0.contains("\"store\":\"\(store)\"") }, "\(ended.errors)")
                } else {
                    #expect(lines.isEmpty, "\(ended.errors)")
                }
            }
        }
    }

    @Test("A flush where that folder can't be used says so once, and the home keeps what it gives")
    func flush() async throws {
        try await onStage { stage in
            let base = stage.folder + "/node"
            try Data([1]).write(to: URL(fileURLWithPath: base))
            let words = stage.provided + ["--node-local-cache", base, "--flush-oidc-token-cache"]
            try await stage.signIn()
            let ended = try await stage.run(["token"] + words)
            #expect(ended.code == 0, "\(ended.errors)")
            let told = ended.errorLines.filter { $0.contains("\(base) can't be written") }
            #expect(told.count == 1, "\(ended.errors)")
            #expect(stage.visits == 2)
        }
    }
}
