import Foundation
import StandIns
import Testing

/// Where `serve-config` has its role map and its groups from, as they come and go.
@Suite("The config service and what it serves from")
struct ServeConfigSourcesTests {
    @Test("groups of the id_token stand for clients where a file says so")
    func groups() async throws {
        try await onStage { stage in
            try Data("engineers: [stand-in-client]\n".utf8).write(
                to: URL(fileURLWithPath: stage.folder + "/groups.yaml"))
            let service = try await stage.serve(
                map: ["reader"], arguments: ["--groups-file", stage.folder + "/groups.yaml"])
            #expect(try await service.get("/", token: try stage.provider.idToken()).json["profiles"]?.list?.count == 1)
            stage.provider.change { $0.user.groups = ["sales"] }
            #expect(try await service.get("/", token: try stage.provider.idToken()).json["profiles"]?.list == [])
            try await service.end()
        }
    }

    @Test("a groups file that is broken by an edit is told of once, and what it said before goes on")
    func brokenGroups() async throws {
        try await onStage { stage in
            let file = stage.folder + "/groups.yaml"
            let write = { (text: String) in
                try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
            }
            try write("engineers: [stand-in-client]\n")
            let service = try await stage.serve(map: ["reader"], arguments: ["--groups-file", file])
            let token = try stage.provider.idToken()
            #expect(try await service.get("/metrics").text.contains("aws_oidc_groups_file_ok 1\n"))
            try write("engineers: [stand-in-client\n")
            try await wait(for: "a word on the broken file") {
                service.child.errorsSoFar.contains("the last good groups stay in use")
            }
            #expect(try await service.get("/", token: token).json["profiles"]?.list?.count == 1)
            #expect(try await service.get("/metrics").text.contains("aws_oidc_groups_file_ok 0\n"))
            // Nor is a good one replaced by nothing.
            try write("{}\n")
            try await wait(for: "a word on the empty file") {
                service.child.errorsSoFar.contains("it has no client id for any group")
            }
            #expect(try await service.get("/", token: token).json["profiles"]?.list?.count == 1)
            #expect(try await service.get("/metrics").text.contains("aws_oidc_groups_file_ok 0\n"))
            try write("sales: [stand-in-client]\n")
            try await service.until("the new groups are in use") {
                try await service.get("/", token: token).json["profiles"]?.list == []
            }
            try await service.end()
            let told = service.child.errorsSoFar.components(separatedBy: "the last good groups stay in use").count - 1
            #expect(told == 2)
        }
    }

    @Test("a map that is written anew is served soon; one that vanishes or turns empty is not, and that is said")
    func reread() async throws {
        try await onStage { stage in
            let service = try await stage.serve(map: ["reader"])
            let token = try stage.provider.idToken()
            try stage.writeMap(["reader", "writer"])
            try await service.until("two roles are served") {
                try await service.get("/", token: token).json["profiles"]?.list?.count == 2
            }
            try stage.writeMap([])
            try await wait(for: "a word on the empty map") {
                service.child.errorsSoFar.contains("rolemap.yaml is empty")
            }
            #expect(try await service.get("/", token: token).json["profiles"]?.list?.count == 2)
            try FileManager.default.removeItem(atPath: stage.mapFile)
            try await wait(for: "a word on the lost map") { service.child.errorsSoFar.contains("rolemap.yaml is gone") }
            #expect(try await service.get("/", token: token).json["profiles"]?.list?.count == 2)
            #expect(try await service.get("/ready").status == 200)
            try await service.end()
        }
    }

    @Test("a ConfigMap is served, and watched")
    func configMap() async throws {
        try await onStage { stage in
            let cluster = try await StandInKubernetes.start()
            cluster.put("roles", ["map": stage.mapText(["reader"])])
            let service = try await stage.serve(
                map: nil,
                arguments: [
                    "--directory=id-token", "--kubernetes-server", cluster.address, "--configmap-name=roles",
                    "--configmap-key=map",
                ], with: ["POD_NAMESPACE": "ns"])
            let token = try stage.provider.idToken()
            try await service.until("one role is served") {
                try await service.get("/", token: token).json["profiles"]?.list?.count == 1
            }
            cluster.put("roles", ["map": stage.mapText(["reader", "writer", "admin"])])
            try await service.until("three roles are served") {
                try await service.get("/", token: token).json["profiles"]?.list?.count == 3
            }
            try await service.end()
            await cluster.stop()
        }
    }

    @Test("before there is a role map the service lives, and is not ready")
    func notReady() async throws {
        try await onStage { stage in
            let service = try await stage.serve(
                map: nil, arguments: ["--directory=id-token", "--rolemap", stage.mapFile])
            #expect(try await service.get("/health").status == 200)
            #expect(try await service.get("/ready").status == 503)
            #expect(try await service.get("/", token: try stage.provider.idToken()).status == 503)
            try stage.writeMap(["reader"])
            try await service.until("it is ready") { try await service.get("/ready").status == 200 }
            try await service.end()
        }
    }

    @Test("scans that end as badly one after another are told of once")
    func badScans() async throws {
        try await onStage { stage in
            let service = try await stage.serve(
                map: nil, arguments: ["--directory=id-token", "--refresh-interval=1s", "--aws-retries=0", "-v"],
                with: [
                    "AWS_ORG_ROLE_ARNS": "arn:aws:iam::123456789012:role/l", "AWS_READER_ROLE_NAME": "r",
                    "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
                ])
            let ends = { (level: String) in
                service.child.errorsSoFar.split(separator: "\n").compactMap { try? JSONValue(json: $0) }
                    .count { $0["msg"]?.text == "a scan read nothing" && $0["level"]?.text == level }
            }
            try await wait(for: "three scans") { ends("error") + ends("debug") >= 3 }
            #expect(ends("error") == 1)
            try await service.end()
        }
    }
}
