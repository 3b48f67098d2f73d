import Foundation
import StandIns
import Testing

// One after another: each looks for a free port of the few that there are.
@Suite("The port that the browser comes back to", .serialized)
struct CallbackPortTests {
    /// A port that nobody has, of those that the provider knows, and the socket that keeps it from others until it is closed.
    private func takenPort() throws -> (port: UInt16, socket: Int32) {
        // From the end: sign-ins begin at the other.
        for port in (UInt16(49152)...49215).reversed() {
            let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
            let isOurs = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 && listen(socket, 1) == 0
                }
            }
            if isOurs { return (port, socket) }
            close(socket)
        }
        throw NeverHappened(what: "a free port")
    }

    @Test("The flag goes before the variable, and the sign-in comes back to that port", arguments: [true, false])
    func named(byFlag: Bool) async throws {
        try await onStage { stage in
            var ended: Child.Ended?
            while ended == nil {
                let (port, socket) = try takenPort()
                close(socket)
                do {
                    ended = try await stage.run(
                        stage.credsProcess + (byFlag ? ["--callback-port", "\(port)"] : []),
                        with: ["AWS_OIDC_CALLBACK_PORT": byFlag ? "1025" : "\(port)", "BROWSER": "/no/such/browser"],
                        opening: "redirect_uri=http%3A%2F%2Flocalhost%3A\(port)")
                } catch let error as NeverHappened where error.what.contains("port \(port) on localhost is taken") {
                    // These ports are also what the system gives to connections: one may have got it meanwhile.
                }
            }
            #expect(ended?.code == 0, "\(ended?.errors ?? "")")
        }
    }

    @Test("A port that is taken is told by its number, with what to do")
    func taken() async throws {
        let (port, socket) = try takenPort()
        defer { close(socket) }
        try await onStage { stage in
            let ended = try await stage.run(["login", "--callback-port=\(port)"] + stage.provided)
            #expect(ended.code == 1)
            #expect(ended.errors.contains("port \(port) on localhost is taken"))
            #expect(stage.visits == 0)
        }
    }

    @Test("What is no port is a usage error", arguments: ["0", "80", "65536", "x", "-1", ""])
    func invalid(text: String) async throws {
        try await onStage { stage in
            let ended = try await stage.run(["login", "--callback-port=\(text)"] + stage.provided)
            #expect(ended.code == 1)
            #expect(ended.errors.contains("--callback-port"))
            #expect(stage.requests.isEmpty)
        }
    }
}

extension Stage {
    /// Runs a command whose browser can't be started, and opens the address that it shows, which must have that in it.
    fileprivate func run(_ arguments: [String], with changes: [String: String?], opening part: String) async throws
        -> Child.Ended
    {
        let child = try start(arguments, with: changes)
        let address = try await address(shownBy: child)
        #expect(address.contains(part))
        try await ScriptedBrowser().open(address)
        return try await child.ended()
    }
}
