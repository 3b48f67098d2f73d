import Foundation
import StandIns
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Where the program and its ports are")
struct InstallationTests {
    @Test("One executable copied without its siblings says what is missing, and where it belongs")
    func alone() async throws {
        try await onStage { stage in
            try await stage.copyProgram("aws-oidc", to: "alone/bin")
            let program = stage.folder + "/alone/bin/aws-oidc"
            for (arguments, missing) in [
                (stage.credsProcess, "aws-oidc-client"), (["version"], "aws-oidc-client"),
                (["serve-config"], "aws-oidc-server"),
            ] {
                let ended = try await stage.run(arguments, program: program)
                #expect([String(ended.code), ended.output] == ["1", ""])
                #expect(ended.errorLines.count == 1)
                #expect(ended.errors.contains("\(missing) is missing"), "\(ended.errors)")
                #expect(ended.errors.contains(stage.folder + "/alone/libexec/aws-oidc/\(missing)"))
            }
        }
    }

    @Test("Installed with its siblings in libexec, called by a link, it signs in and answers")
    func installed() async throws {
        try await onStage { stage in
            try await stage.copyProgram("aws-oidc", to: "prefix/bin")
            try await stage.copyProgram("aws-oidc-client", to: "prefix/libexec/aws-oidc")
            let link = stage.folder + "/link"
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: stage.folder + "/prefix/bin/aws-oidc")
            let ended = try await stage.run(stage.credsProcess, program: link)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("AccessKeyId"))
        }
    }

    @Test("The client alone answers as the front door does")
    func client() async throws {
        try await onStage { stage in
            let first = try await stage.run(stage.credsProcess)
            stage.forget()
            let second = try await stage.run(stage.credsProcess, program: Stage.programs + "/aws-oidc-client")
            #expect([second.output, second.errors] == [first.output, ""])
            #expect(stage.requests.isEmpty)
        }
    }

    @Test("With every port of the range taken, one line says so, and no browser opens")
    func portsTaken() async throws {
        try await onStage(alone: true) { stage in
            let sockets = (49152...49215 as ClosedRange<UInt16>).map { holdPort($0) }
            let ended = try await stage.run(stage.credsProcess)
            for socket in sockets { close(socket) }
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.failures.count == 1)
            #expect(ended.errors.contains("every port from 49152 to 49215"), "\(ended.errors)")
            #expect(stage.visits == 0)
            let next = try await stage.run(stage.credsProcess)
            #expect(next.code == 0, "\(next.errors)")
        }
    }

    @Test("On a machine without IPv6 one signs in all the same", .enabled(if: Namespace.isAvailable))
    func withoutIPv6() async throws {
        try await onStage { stage in
            // A machine of its own, with nothing but 127.0.0.1; the stand-ins run on it too.
            let script = """
                ip link set lo up; ip -6 address flush dev lo; \
                sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.lo.disable_ipv6=1; \
                mkfifo "$HOME/hold"; '\(Stage.programs)/aws-oidc-stand-ins' serve --until-stdin-closes \
                <"$HOME/hold" >"$HOME/stand-ins" & exec 7>"$HOME/hold"; \
                until grep -q STS_CONTROL "$HOME/stand-ins"; do :; done; . "$HOME/stand-ins"; \
                export AWS_ENDPOINT_URL_STS; exec "$0" creds-process --issuer-url="$ISSUER" \
                --client-id="$CLIENT_ID" --aws-role-arn="$ROLE_ARN"
                """
            let user = geteuid() == 0 ? [] : ["--map-root-user"]
            let ended = try await stage.run(
                [], with: ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"],
                wrapper: ["/usr/bin/unshare"] + user + ["--net", "--mount", "/bin/sh", "-c", script])
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("AccessKeyId"))
            #expect(stage.visits == 1)
        }
    }

    /// Takes a port; the socket is closed in the children that other tests start meanwhile, which would keep it taken.
    private func holdPort(_ port: UInt16) -> Int32 {
        #if canImport(Glibc)
            let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        #else
            let socket = Darwin.socket(AF_INET, SOCK_STREAM, 0)
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        #endif
        // Else connections that have ended a moment ago keep us out, though not the program.
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // One that somebody else has is taken as well.
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, size) }
        }
        listen(socket, 1)
        return socket
    }
}

extension Stage {
    /// Copies an executable into a folder below this stage's.
    ///
    /// By another process: a descriptor of ours that writes to it could be in a child of another test at that moment,
    /// and the system executes no file that somebody writes to.
    fileprivate func copyProgram(_ name: String, to place: String) async throws {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(place)", withIntermediateDirectories: true)
        let copied = try await Child(
            ["/bin/cp", "\(Self.programs)/\(name)", "\(folder)/\(place)/\(name)"], environment: [:], folder: folder,
            name: "copied-\(name)"
        ).ended()
        try #require(copied.code == 0, "\(copied.errors)")
    }
}
