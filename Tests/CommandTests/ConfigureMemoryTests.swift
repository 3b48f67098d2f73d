import Foundation
import StandIns
import Testing

@Suite("What configure remembers, and goes by")
struct ConfigureMemoryTests {
    @Test("It remembers where to ask and what was chosen; --check tells whether anything would change")
    func memory() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let early = try await stage.run(["configure", "--check"])
            #expect(early.code == 1)
            #expect(early.errors.contains("--issuer-url, --client-id, --config-url must be given"))
            _ = try await stage.run(stage.configure(service) + Stage.answers)
            let file = stage.home + "/.config/aws-oidc/config"
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            let fresh = try await stage.run(["configure", "--check"])
            #expect([String(fresh.code), fresh.errors] == ["0", ""], "\(fresh.output)")
            service.change { settings in
                settings.answer = [
                    "profiles": .array(Stage.fewRoles(stage) + [stage.granted("444444444444", "new", "reader")])
                ]
            }
            let late = try await stage.run(["configure", "--check"])
            #expect(late.code == 2)
            #expect(late.output.contains("2 profiles added"))
            let ended = try await stage.run(["configure", "--yes"])
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(stage.config.contains(stage.section("new", "444444444444", "reader", region: "eu-west-1")))
            let other = try await stage.run(["configure", "--check", "--client-id=another"])
            #expect(other.errors.contains("--issuer-url, --config-url must be given"))
        }
    }

    @Test("What no flag says is as it was the last time, each thing by itself: names, accounts, roles, default role")
    func eachByItself() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let first = try await stage.run(
                stage.configure(service, "--account=data-lake", "--profile-template={id}-{role}") + Stage.answers)
            #expect(first.code == 0, "\(first.errors)")
            let names = ["111111111111-poweruser", "111111111111-reader", "data-lake"]
            #expect(stage.profileNames == names)
            let written = stage.config
            for more in [[], ["--role=reader"], ["--default-role-name=reader"], ["--account=data-lake"]] {
                let ended = try await stage.run(["configure", "--yes"] + more)
                #expect([String(ended.code), ended.errors] == ["0", ""])
                #expect(ended.output.contains("up to date"), "\(more) \(ended.output)")
            }
            let check = try await stage.run(["configure", "--check"])
            let dry = try await stage.run(["configure", "--dry-run"])
            #expect([check.output, check.errors] == [dry.output, dry.errors])
            #expect([check.code, dry.code] == [0, 0])
            // A flag stands in place of what was remembered, for the next time too; without --yes what is taken is told.
            let other = try await stage.run(["configure", "--default-region=eu-west-1", "--account=prod"])
            #expect(other.code == 0, "\(other.errors)")
            #expect(
                other.errors.contains(
                    "taking --profile-template '{id}-{role}' --role 'reader' --default-role-name 'reader' as the last time"
                ), "\(other.errors)")
            #expect(stage.profileNames == names + ["222222222222-reader", "prod"])
            #expect(stage.config.hasPrefix(written))
            // Every account and role again, named as before.
            let all = try await stage.run(["configure", "--yes", "--all"])
            #expect(all.code == 0, "\(all.errors)")
            #expect(all.output.contains("up to date"), "\(all.output)")
            service.change {
                $0.answer = ["profiles": .array(Stage.fewRoles(stage) + [stage.granted("333333333333", "new", "x")])]
            }
            _ = try await stage.run(["configure", "--yes"])
            #expect(stage.profileNames.last == "333333333333-x")
        }
    }

    @Test("What no line can hold is not remembered, and never means more accounts than were chosen")
    func unwritable() async throws {
        let odd = { (stage: Stage) in
            Stage.fewRoles(stage) + [
                stage.granted("333333333333", "Team #1", "reader"), stage.granted("444444444444", "Foo, Inc", "reader"),
            ]
        }
        try await withConfigService(odd) { stage, service in
            let comma = try await stage.run(stage.configure(service, "--account=Foo, Inc") + Stage.answers)
            #expect([String(comma.code), comma.errors] == ["0", ""])
            let again = try await stage.run(["configure", "--yes"])
            #expect(again.output.contains("up to date"), "\(again.output)\(again.errors)")
            let hash = try await stage.run(stage.configure(service, "--account=Team #1") + Stage.answers)
            #expect(hash.code == 0)
            #expect(hash.errors.contains("--account could not be remembered"), "\(hash.errors)")
            let names = ["foo--inc-reader", "foo--inc", "team--1-reader", "team--1"]
            #expect(stage.profileNames == names)
            let next = try await stage.run(["configure", "--yes"])
            #expect(next.code == 1)
            #expect(next.errors.contains("--default-role-name or --all"))
            #expect(stage.profileNames == names)
        }
    }

    @Test(
        "A remembered role or account that was lost is told; what is left is written all the same, or nothing is left")
    func lost() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            _ = try await stage.run(
                stage.configure(service, "--account=prod", "--account=data-lake", "--default-region=eu-west-1")
                    + ["--default-role-name=poweruser"])
            service.change { $0.answer = ["profiles": [stage.granted("222222222222", "prod", "reader")]] }
            for arguments in [["--yes"], ["--check"]] {
                let ended = try await stage.run(["configure"] + arguments)
                #expect(ended.code == 0)
                #expect(ended.errors.contains("none of these roles is named poweruser"))
            }
            service.change { $0.answer = ["profiles": [stage.granted("333333333333", "new", "reader")]] }
            let ended = try await stage.run(["configure", "--yes"])
            #expect(ended.code == 1)
            #expect(ended.errors.contains("you have no role in prod, data-lake (taking --account 'prod' --account"))
            #expect(ended.errors.contains("--all forgets which accounts and roles"))
        }
    }

    @Test("With a region and a default role alone, as scripts have them from before, every role has its profile again")
    func scripts() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            _ = try await stage.run(
                stage.configure(service, "--account=prod", "--profile-template={role}.{account}") + Stage.answers)
            #expect(stage.profileNames == ["reader.prod", "prod"])
            let script = try await stage.run(stage.configure(service) + Stage.answers)
            #expect([String(script.code), script.errors] == ["0", ""])
            #expect(stage.profileNames.contains("data-lake-poweruser"))
            let next = try await stage.run(["configure", "--check"])
            #expect(next.output.contains("up to date"), "\(next.output)")
        }
    }

    @Test("--all takes every account and role, and the default role as it was")
    func everything() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            _ = try await stage.run(stage.configure(service, "--account=prod") + Stage.answers)
            let all = try await stage.run(["configure", "--all", "--yes"])
            #expect([String(all.code), all.errors] == ["0", ""])
            service.change {
                $0.answer = [
                    "profiles": .array(Stage.fewRoles(stage) + [stage.granted("333333333333", "new", "reader")])
                ]
            }
            _ = try await stage.run(["configure", "--yes"])
            #expect(stage.profileNames.suffix(2) == ["new-reader", "new"])
        }
    }

    @Test("Our own config file stays a link, as among dotfiles")
    func link() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let folder = stage.home + "/.config/aws-oidc"
            let target = stage.home + "/dotfiles/aws-oidc-config"
            for path in [folder, stage.home + "/dotfiles"] {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
            try Data("[mine]\nx = 1\n".utf8).write(to: URL(fileURLWithPath: target))
            try FileManager.default.createSymbolicLink(atPath: folder + "/config", withDestinationPath: target)
            let ended = try await stage.run(stage.configure(service) + Stage.answers)
            #expect([String(ended.code), ended.errors] == ["0", ""])
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/config") == target)
            let text = try String(contentsOfFile: target, encoding: .utf8)
            #expect(text.hasPrefix("[mine]\nx = 1\n[configure]\n"))
        }
    }

    @Test("A default role that nobody grants is told once, and not remembered: what was chosen before stays")
    func slip() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            _ = try await stage.run(
                stage.configure(service, "--default-region=eu-west-1", "--default-role-name=reader"))
            let names = stage.profileNames
            let slip = try await stage.run(["configure", "--yes", "--default-role-name=raeder"])
            #expect(slip.code == 0)
            #expect(slip.errors.contains("none of these roles is named raeder"))
            let next = try await stage.run(["configure", "--yes"])
            #expect(next.code == 0)
            #expect(!next.errors.contains("none of these roles"), "\(next.errors)")
            #expect(stage.profileNames == names)
        }
    }

    @Test("What was chosen for one service is not taken for another")
    func otherService() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            _ = try await stage.run(stage.configure(service, "--account=prod") + Stage.answers)
            let second = try await StandInConfigService.start()
            second.change { $0.answer = ["profiles": .array(Stage.fewRoles(stage))] }
            let before = stage.config
            let ended = try await stage.run(["configure", "--yes", "--config-url=\(second.endpoint)"])
            #expect(ended.code == 1)
            #expect(ended.errors.contains("Give either --default-role-name or --all, or"))
            #expect(stage.config == before)
            await second.stop()
        }
    }

    @Test("--check asks nobody to sign in")
    func checkSignedOut() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            _ = try await stage.run(stage.configure(service) + Stage.answers)
            let visits = stage.visits
            _ = try await stage.run(["logout"] + stage.provided)
            let ended = try await stage.run(["configure", "--check"])
            #expect(ended.code == 1)
            #expect(ended.errors.contains("aws-oidc login"))
            #expect(stage.visits == visits)
        }
    }
}
