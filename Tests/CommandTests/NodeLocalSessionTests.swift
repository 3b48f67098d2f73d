import Foundation
import StandIns
import Testing

@Suite("Sessions with node-local storage")
struct NodeLocalSessionTests {
    @Test(
        "After a logout on one host, all commands on another that has a copy agree that nobody is signed in",
        .enabled("host names can be given here") { NodeLocalTests.canNameHosts }, arguments: [[], ["--cache", "nfs"]])
    func logoutElsewhere(cache: [String]) async throws {
        try await onStage { stage in
            func run(_ words: String..., on host: String, with more: [String: String?] = [:]) async throws
                -> Child.Ended
            {
                let place: [String: String?] = ["AWS_OIDC_NODE_LOCAL_CACHE": stage.folder + "/node"]
                return try await stage.run(
                    words + stage.provided + cache, with: place.merging(more) { $1 },
                    wrapper: NodeLocalTests.host(host))
            }
            #expect(try await run("login", on: "hosta").code == 0)
            let copied = try await run("token", on: "hostb")
            #expect(copied.code == 0, "\(copied.errors)")
            #expect(try await run("logout", on: "hosta").code == 0)

            #expect(try await run("check-token-valid", on: "hostb").code == 1)
            let token = try await run("token", on: "hostb", with: ["BROWSER": nil])
            #expect([String(token.code), token.output] == ["1", ""], "\(token.errors)")
            #expect(token.errors.contains("not signed in"), "\(token.errors)")
            #expect(stage.visits == 1)
            let login = try await run("login", on: "hostb")
            #expect(login.code == 0, "\(login.errors)")
            #expect(stage.visits == 2)
            for host in ["hostb", "hosta"] { #expect(try await run("check-token-valid", on: host).code == 0) }
            let anew = try await run("token", on: "hostb")
            #expect(anew.code == 0 && anew.output != copied.output, "\(anew.errors)")
            #expect(stage.visits == 2)
        }
    }

    @Test(
        "A relative folder is refused, which would be another one wherever one is, and nothing is made",
        arguments: [true, false])
    func relativeFolder(byFlag: Bool) async throws {
        try await onStage { stage in
            let ended = try await stage.run(
                stage.credsProcess + (byFlag ? ["--node-local-cache", "node"] : []),
                with: byFlag ? [:] : ["AWS_OIDC_NODE_LOCAL_CACHE": "node"],
                wrapper: ["/usr/bin/env", "-C", stage.folder])
            #expect(ended.code != 0 && ended.output.isEmpty)
            let name = byFlag ? "--node-local-cache" : "AWS_OIDC_NODE_LOCAL_CACHE"
            #expect(
                ended.errors.contains("\(name) must be a folder whose path begins with / or ~/, not \"node\""),
                "\(ended.errors)")
            #expect(!FileManager.default.fileExists(atPath: stage.folder + "/node"))
            #expect(stage.visits == 0)
        }
    }

    @Test("A folder below ~ is one of the home")
    func home() async throws {
        try await onStage { stage in
            let ended = try await stage.run(stage.credsProcess + ["--node-local-cache=~/node"])
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(FileManager.default.fileExists(atPath: "\(stage.home)/node/\(getuid())"))
        }
    }
}
