import Foundation
import StandIns
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("exec")
struct ExecTests {
    private static let ours = [
        "AWS_ACCESS_KEY_ID", "AWS_CREDENTIAL_EXPIRATION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    ]

    @Test(
        "The command finds the credentials that creds-process prints, each variable once, and else what it would have found"
    )
    func environment() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let odd = [
                "AWS_SECURITY_TOKEN": "old", "AWS_PROFILE": "other", "AWS_ACCESS_KEY_ID": "AKIAOLD", "X": "a=b\nc",
            ]
            for _ in 0..<2 {
                let ended = try await stage.run(["exec", "--profile", "dev", "--", "/usr/bin/env", "-0"], with: odd)
                #expect(ended.code == 0, "\(ended.errors)")
                let found = assignments(ended.output, separator: "\0")
                var expected = Set(stage.environment.keys).union(Self.ours)
                expected.insert("X")
                #expect(Set(found.keys) == expected)
                #expect(found.values.allSatisfy { $0.count == 1 })
                #expect(found["X"] == ["a=b\nc"])
                let printed = try JSONValue(json: try await stage.run(stage.credsProcess).output)
                for (name, member) in [
                    ("AWS_ACCESS_KEY_ID", "AccessKeyId"), ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
                    ("AWS_SESSION_TOKEN", "SessionToken"), ("AWS_CREDENTIAL_EXPIRATION", "Expiration"),
                ] {
                    #expect(found[name]?.first == printed[member]?.text, "\(name)")
                }
            }
            #expect(stage.visits == 1)
        }
    }

    @Test("A variable that stands twice in the environment stands once in the command's")
    func duplicates() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            try await stage.signIn()
            let program = try stage.script(
                "twice.py",
                """
                #!/usr/bin/python3
                import ctypes, sys
                words = [w.encode() for w in sys.argv[1:]]
                with open("/proc/self/environ", "rb") as f:
                    entries = f.read().split(b"\\0")[:-1]
                entries += [b"AWS_SESSION_TOKEN=1", b"AWS_SESSION_TOKEN=2", b"ODD=\\xff\\x80"]
                array = lambda items: (ctypes.c_char_p * (len(items) + 1))(*items, None)
                ctypes.CDLL(None).execve(words[0], array(words), array(entries))
                """)
            // Not by way of a shell, which would make one of two.
            let ended = try await stage.run(
                ["exec", "--profile=dev", "--", "/usr/bin/od", "-An", "-v", "-tx1", "/proc/self/environ"],
                wrapper: [program])
            #expect(ended.code == 0, "\(ended.errors)")
            let bytes = ended.output.filter { !$0.isWhitespace }
            func hexadecimal(_ text: String) -> String { text.utf8.map { String(format: "%02x", $0) }.joined() }
            #expect(bytes.components(separatedBy: hexadecimal("AWS_SESSION_TOKEN=")).count == 2)
            #expect(bytes.contains("00" + hexadecimal("ODD=") + "ff8000"))
        }
    }

    @Test("The profile's region and output reach the command only where none stands")
    func regionAndOutput() async throws {
        try await onStage { stage in
            try stage.configureProfile("region = eu-west-1\noutput = yaml\n")
            try await stage.signIn()
            let show = ["exec", "--profile=dev", "--", "/usr/bin/env"]
            let none = assignments(try await stage.run(show).output)
            #expect(none["AWS_DEFAULT_REGION"] == ["eu-west-1"])
            #expect(none["AWS_REGION"] == nil)
            #expect(none["AWS_DEFAULT_OUTPUT"] == ["yaml"])
            let one = assignments(
                try await stage.run(show, with: ["AWS_REGION": "us-east-2", "AWS_DEFAULT_OUTPUT": "text"]).output)
            #expect(one["AWS_DEFAULT_REGION"] == nil)
            #expect([one["AWS_REGION"], one["AWS_DEFAULT_OUTPUT"]] == [["us-east-2"], ["text"]])
            let other = assignments(try await stage.run(show, with: ["AWS_DEFAULT_REGION": "us-east-2"]).output)
            #expect([other["AWS_REGION"], other["AWS_DEFAULT_REGION"]] == [nil, ["us-east-2"]])
        }
    }

    @Test(
        "The command takes the place of aws-oidc: the same process, its standard input, its exit status",
        arguments: [0, 1, 3, 255])
    func replaced(status: Int32) async throws {
        try await onStage { stage in
            try stage.configureProfile()
            try await stage.signIn()
            for _ in 0..<2 {
                let pipe = Pipe()
                try pipe.fileHandleForWriting.write(contentsOf: Data("typed\n".utf8))
                try pipe.fileHandleForWriting.close()
                let child = try stage.start(
                    ["exec", "--profile=dev", "--", "/bin/sh", "-c", "read line; echo $line $$; exit \(status)"],
                    input: .descriptor(pipe.fileHandleForReading.fileDescriptor))
                let ended = try await child.ended()
                #expect(ended.output == "typed \(child.pid)\n")
                #expect(ended.code == status)
                #expect(ended.errors.isEmpty)
            }
        }
    }

    @Test(
        "A signal ends the command, and is what its starter sees",
        arguments: [SIGTERM, SIGINT, SIGPIPE, SIGHUP, SIGKILL])
    func signals(number: Int32) async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let ended = try await stage.run([
                "exec", "--profile=dev", "--", "/bin/sh", "-c", "kill -\(number) $$; echo alive",
            ])
            #expect(ended.code == 128 + number)
            #expect(ended.output.isEmpty)
        }
    }

    @Test(
        "The command has the signals and descriptors of its starter, and none of ours, whether or not the credentials were at hand",
        .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/status"), "there is no /proc"))
    func nothingOfOurs() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            // Less the two signals that the C library keeps for itself.
            let show = "sed -nE 's/^(Sig(Blk|Ign)).*\t.*(.{7})$/\\1 \\3/p' /proc/self/status; ls /proc/self/fd"
            let plain = try await stage.run(["-c", show], program: "/bin/sh")
            #expect(plain.output.contains("SigIgn 0000000\n"))
            for _ in 0..<2 {
                let ended = try await stage.run(["exec", "--profile=dev", "--", "/bin/sh", "-c", show])
                #expect(ended.output == plain.output, "\(ended.errors)")
            }
            let given = ["/bin/sh", "-c", "exec \"$@\" 7</dev/null", "sh"]
            try stage.dropCredentials()
            for _ in 0..<2 {
                let passed = try await stage.run(
                    ["exec", "--profile=dev", "--", "/bin/sh", "-c", show], wrapper: given)
                #expect(passed.output == plain.output.replacingOccurrences(of: "3\n", with: "3\n7\n"))
            }
            // What the starter ignores, stays ignored; what it closed, stays closed.
            let ignoring = ["/bin/sh", "-c", "trap '' PIPE; exec \"$@\"", "sh"]
            let deaf = try await stage.run(["exec", "--profile=dev", "--", "/bin/sh", "-c", show], wrapper: ignoring)
            #expect(deaf.output.contains("SigIgn 0001000\n"), "\(deaf.output)")
            let closed = try await stage.run(
                ["exec", "--profile=dev", "--", "/bin/sh", "-c", "[ -e /proc/self/fd/0 ] || echo closed"],
                input: .closed)
            #expect(closed.output == "closed\n", "\(closed.errors)")
        }
    }

    @Test("Arguments reach the command byte for byte, flags of its own too, with -- and without")
    func arguments() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            try await stage.signIn()
            let words = ["a b", "", "--profile=x", "--help", "--", "$HOME", "é\n"]
            let expected = words.map { "<\($0)>" }.joined()
            let printf = ["/usr/bin/printf", "<%s>"]
            for front in [
                ["exec", "--profile", "dev", "--"], ["exec", "--profile=dev"],
                ["-v", "exec", "--profile", "dev", "--"],
            ] {
                let ended = try await stage.run(front + printf + words)
                #expect(ended.output == expected, "\(front): \(ended.errors)")
            }
        }
    }

    @Test("Bytes that are no UTF-8 reach the command")
    func oddArguments() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            try await stage.signIn()
            let wrapper = ["/bin/sh", "-c", "exec \"$@\" \"$(printf '\\377x')\"", "sh"]
            let ended = try await stage.run(
                ["exec", "--profile=dev", "--", "/bin/sh", "-c", "printf %s \"$1\" | od -An -tx1", "sh"],
                wrapper: wrapper)
            #expect(ended.output.trimmingCharacters(in: .whitespacesAndNewlines) == "ff 78", "\(ended.errors)")
        }
    }

    @Test("PATH is searched as POSIX says, and a script that names no reader goes to sh")
    func search() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            try await stage.signIn()
            for name in ["/a", "/b", "/b/tool-dir"] {
                try FileManager.default.createDirectory(atPath: stage.folder + name, withIntermediateDirectories: true)
            }
            _ = try stage.script("a/tool", "echo not me\n", mode: 0o644)
            _ = try stage.script("b/tool", "echo \"$0 $1\"\n")
            let path = "\(stage.folder)/none:\(stage.folder)/a:\(stage.folder)/b:/usr/bin:/bin"
            let ended = try await stage.run(["exec", "--profile=dev", "--", "tool", "x"], with: ["PATH": path])
            #expect([String(ended.code), ended.output] == ["0", "\(stage.folder)/b/tool x\n"], "\(ended.errors)")
            let only = try await stage.run(
                ["exec", "--profile=dev", "--", "tool"], with: ["PATH": stage.folder + "/a"])
            #expect(only.code == 126)
            let without = try await stage.run(
                ["exec", "--profile=dev", "--", "sh", "-c", "echo found"], with: ["PATH": nil])
            #expect(without.output == "found\n", "\(without.errors)")
            let here = try await stage.run(
                ["exec", "--profile=dev", "--", "tool", "y"], with: ["PATH": ":/bin"],
                wrapper: ["/bin/sh", "-c", "cd \(stage.folder)/b; exec \"$@\"", "sh"])
            #expect(here.output == "./tool y\n", "\(here.errors)")
        }
    }

    @Test("At a terminal exec is a person: it asks there, and leaves keys and terminal to the command")
    func terminal() async throws {
        try await onStage { stage in
            try stage.configureProfile()
            let terminal = try PseudoTerminal()
            terminal.type("typed ahead\n")
            let child = try stage.start(
                ["exec", "--profile=dev", "--", "/bin/sh", "-c", "read line; echo \"got $line\""],
                with: ["BROWSER": nil],
                input: .path(terminal.path))
            var shown = ""
            try await wait(for: "an address on the terminal") {
                shown += terminal.look()
                return shown.contains("code_challenge_method=S256")
            }
            let address = String(try #require(shown.firstMatch(of: /http:\/\/\S+\/authorize\?\S+/)?.0))
            try await ScriptedBrowser().open(address)
            let ended = try await child.ended()
            #expect([String(ended.code), ended.output, ended.errors] == ["0", "got typed ahead\n", ""])
        }
    }
}
