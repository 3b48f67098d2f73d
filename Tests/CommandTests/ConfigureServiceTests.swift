import Foundation
import StandIns
import Testing

@Suite("configure and what a config service answers")
struct ConfigureServiceTests {
    @Test("What the service can't give is a sentence of its own each, and leaves the file alone")
    func serviceTrouble() async throws {
        try await withConfigService({ _ in [] }) { stage, service in
            try stage.configure("[default]\n")
            func errors(_ change: (inout StandInConfigService.Settings) -> Void) async throws -> String {
                service.change {
                    $0 = StandInConfigService.Settings()
                    change(&$0)
                }
                let ended = try await stage.run(stage.configure(service) + Stage.answers)
                #expect([String(ended.code), ended.output] == ["1", ""])
                #expect(ended.errorLines.count == 1, "\(ended.errors)")
                return ended.errors
            }
            #expect(try await errors { _ in }.contains("grants you no role"))
            for (status, words) in [
                (401, "does not accept your sign-in (401"), (403, "refuses you (403"), (404, "no config service"),
                (500, "out of order (500)"), (503, "out of order (503)"), (429, "out of order (429)"),
                (204, "status is 204"),
            ] {
                #expect(try await errors { $0.faults[.roles] = [.status(code: status)] }.contains(words))
            }
            #expect(try await errors { $0.faults[.roles] = [.garbage()] }.contains("answered with a web page"))
            #expect(
                try await errors { $0.redirect = "https://sso.example.com/login?next=x" }.contains(
                    "to https://sso.example.com/login,"))
            #expect(try await errors { $0.body = "nonsense" }.contains("it is no JSON"))
            #expect(try await errors { $0.body = "[]" }.contains("JSON of another kind"))
            // Whoever could not be understood on what is not gone must not have anything pruned.
            for list in ["stale", "conditional"] {
                let odd = "{\"profiles\": [], \"\(list)\": {\"111111111111\": \"x\"}}"
                #expect(try await errors { $0.body = odd }.contains("JSON of another kind"))
            }
            #expect(try await errors { $0.body = "{\"profiles\": null}" }.contains("no list of profiles"))
            #expect(try await errors { $0.faults[.roles] = [.dropped()] }.contains("can't be reached"))
            await service.stop()
            #expect(try await errors { _ in }.contains("can't be reached"))
            #expect(stage.config == "[default]\n")
            #expect(stage.configFolder == ["config"])
        }
    }

    @Test("A token goes only where https or this machine is, and to no place that the service names")
    func addresses() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            for address in ["http://config.example.com", "https://user@x.example.com", "ftp://x", "https://x/#y"] {
                let ended = try await stage.run(
                    ["configure"] + stage.provided + ["--config-url=\(address)"] + Stage.answers)
                #expect(ended.code == 1)
                #expect(ended.errors.contains("--config-url"))
            }
            let elsewhere = try await StandInConfigService.start()
            service.change { $0.redirect = elsewhere.endpoint + "/" }
            _ = try await stage.run(stage.configure(service) + Stage.answers)
            #expect(elsewhere.log.entries.isEmpty)
            await elsewhere.stop()
        }
    }

    @Test("A field that could become a line or a command of its own is refused with its place; the rest is written")
    func hostile() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            func with(_ change: (inout [String: JSONValue]) -> Void) -> JSONValue {
                guard case .object(var members) = stage.granted("555555555555", "evil", "evil") else { return .null }
                change(&members)
                return .object(members)
            }
            let evil: [JSONValue] = [
                with {
                    $0["role_arn"] = "arn:aws:iam::555555555555:role/a\n[default]\ncredential_process = touch /tmp/x"
                },
                with { $0["role_arn"] = "arn:aws:iam::555555555555:role/;touch/evil" },
                with { $0["role_arn"] = "arn:aws:iam::555555555555:role/$(id)/evil" },
                with { $0["role_arn"] = "arn:aws:iam::666666666666:role/evil" },
                with { $0["client_id"] = "a' --x" }, with { $0["client_id"] = "a;reboot" },
                with { $0["issuer_url"] = "https://evil.example.com" }, with { $0["role_name"] = "other" },
                with { $0["aws_account"] = ["id": "1\n2"] }, "text", ["role_arn": 7],
            ]
            let odd = with { $0["aws_account"] = ["id": "555555555555", "name": "a]\n[default]\nx=\"'", "alias": ""] }
            service.change { $0.answer = ["profiles": .array(evil + Stage.fewRoles(stage) + [odd])] }
            let ended = try await stage.run(stage.configure(service, "--all", "--default-region=us-west-2"))
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.errors.contains("and 6 more like that"))
            #expect(!ended.errors.contains("\n[default]"))
            #expect(
                stage.config.split(separator: "\n").filter { $0.hasPrefix("[") } == [
                    "[profile a---default--x----evil]", "[profile data-lake-poweruser]", "[profile data-lake-reader]",
                    "[profile prod-reader]",
                ])
        }
    }
}
