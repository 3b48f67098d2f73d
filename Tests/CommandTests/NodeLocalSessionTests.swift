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
        "A refresh whose process is killed is taken over by another host, and the first one has what comes of it",
        .enabled("host names can be given here") { NodeLocalTests.canNameHosts })
    func takeover() async throws {
        try await onStage { stage in
            func start(_ command: String, on host: String) throws -> Child {
                try stage.start(
                    [command] + stage.provided, with: ["AWS_OIDC_NODE_LOCAL_CACHE": stage.folder + "/node"],
                    wrapper: NodeLocalTests.host(host))
            }
            stage.provider.change { $0.tokenLife = 0 }
            #expect(try await start("login", on: "hosta").ended().code == 0)
            stage.provider.change { $0.tokenLife = 3600 }
            stage.forget()
            // The first request is on its way for longer than anybody waits.
            stage.provider.change { $0.faults[.token] = [.slow(seconds: 3600, times: 1)] }
            let first = try start("token", on: "hosta")
            try await wait(for: "the refresh of the first host") { stage.grants == ["refresh_token"] }
            let second = try start("token", on: "hostb")
            try await wait(for: "a word on whom it waits for") {
                second.errorsSoFar.contains("Waiting for the refresh of process")
            }
            kill(first.pid, SIGKILL)
            let ended = try await second.ended()
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.grants == ["refresh_token", "refresh_token"])
            #expect(try await first.ended().code == 128 + SIGKILL)

            let again = try await start("token", on: "hosta").ended()
            #expect(again.output == ended.output, "\(again.errors)")
            #expect(stage.grants.count == 2)
            #expect(stage.visits == 1)
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
