import Foundation
import StandIns
import Testing

@Suite("Node-local storage")
struct NodeLocalTests {
    /// Where node-local files lie below the folder that was named.
    private func folder(_ base: String) -> String { "\(base)/\(getuid())/\(hostName)" }

    private var hostName: String { ProcessInfo.processInfo.hostName }

    @Test("Tokens and credentials lie in DIR/UID/HOSTNAME, and nothing in the home", arguments: [true, false])
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
            #expect(!FileManager.default.fileExists(atPath: stage.home + "/.cache"))
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

    @Test("A sign-in for node-local storage is kept there by the process that it runs in")
    func signIn() async throws {
        try await onStage { stage in
            let arguments = stage.provided + ["--node-local-cache", stage.folder + "/node"]
            let login = try await stage.run(["login"] + arguments)
            #expect(login.code == 0, "\(login.errors)")
            let local = try await stage.run(["check-token-valid"] + arguments)
            #expect(local.code == 0)
            let shared = try await stage.run(["check-token-valid"] + stage.provided)
            #expect(shared.code == 1)
        }
    }
}
