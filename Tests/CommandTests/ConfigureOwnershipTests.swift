import Foundation
import StandIns
import Testing

@Suite("Which profiles configure touches")
struct ConfigureOwnershipTests {
    @Test("A profile of the same name that is not ours is left with a warning, and taken over with --force")
    func foreign() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let foreign = "[profile prod]\nregion = x\nsso_session = s\n"
            try stage.configure(foreign)
            let arguments = stage.configure(service, "--account=prod") + Stage.answers
            let ended = try await stage.run(arguments)
            #expect(ended.code == 0)
            #expect(ended.errors.contains("prod is left as it is: a profile of that name in line 1"))
            #expect(stage.config.hasPrefix(foreign))
            let forced = try await stage.run(arguments + ["--force"])
            #expect(forced.errors.contains("sso_session goes before credential_process"))
            #expect(
                stage.config.hasPrefix("[profile prod]\nregion = eu-west-1\nsso_session = s\noutput = json\ncredential")
            )
        }
    }

    @Test("A profile of ours for another issuer is another company's, unless --force says that this one has moved")
    func otherIssuer() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let other =
                "[profile prod-reader]\ncredential_process = aws-oidc creds-process --issuer-url=https://login.other.example --client-id=c --aws-role-arn=arn:aws:iam::999999999999:role/reader\n"
            try stage.configure(other)
            let arguments = stage.configure(service) + Stage.answers
            let ended = try await stage.run(arguments)
            #expect(ended.code == 0)
            #expect(
                ended.errors.contains(
                    "prod-reader is left as it is: a profile of that name in line 1 is for another issuer, https://login.other.example. If that has become \(stage.provider.issuer), --force takes it over; else give --profile-template another name."
                ), "\(ended.errors)")
            #expect(stage.config.hasPrefix(other))
            #expect(try await stage.run(arguments + ["--force"]).code == 0)
            #expect(!stage.config.contains("login.other.example"))
        }
    }

    @Test("Names that are taken are a few lines, however many they are")
    func manyForeign() async throws {
        let many = { (stage: Stage) in (10..<60).map { stage.granted("1111111111\($0)", "n\($0)", "reader") } }
        try await withConfigService(many) { stage, service in
            try stage.configure((10..<60).map { "[profile n\($0)-reader]\nregion = x\n" }.joined())
            let ended = try await stage.run(stage.configure(service, "--all", "--default-region=us-west-2"))
            #expect(ended.errorLines.count == 6)
            #expect(ended.errors.contains("and 45 more profiles are left as they are"))
            #expect(ended.output.contains("up to date but for 50 that are not ours"))
        }
    }

    @Test("Access keys in the credentials file, which would go before the role, are said")
    func staticKeys() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            try stage.configure("")
            let keys = "[other]\naws_access_key_id = a\n[prod]\nAWS_Access_Key_Id=b\naws_secret_access_key = c\n"
            try Data(keys.utf8).write(to: URL(fileURLWithPath: stage.home + "/.aws/credentials"))
            let ended = try await stage.run(stage.configure(service) + Stage.answers)
            #expect(ended.code == 0)
            #expect(ended.errorLines.count == 1)
            #expect(ended.errors.contains("the credentials file has access keys for prod, which"))
        }
    }

    @Test("What a profile is called does not depend on which others are asked for; another account's is told")
    func names() async throws {
        let twins = { (stage: Stage) in
            [stage.granted("111111111111", "Prod", "reader"), stage.granted("222222222222", "prod", "reader")]
        }
        try await withConfigService(twins) { stage, service in
            let region = "--default-region=us-west-2"
            let one = try await stage.run(stage.configure(service, region, "--account=111111111111"))
            #expect([String(one.code), one.errors] == ["0", ""])
            #expect(stage.profileNames == ["prod-111111111111-reader"])
            let other = try await stage.run(stage.configure(service, region, "--account=prod-222222222222"))
            #expect([String(other.code), other.errors] == ["0", ""])
            #expect(stage.profileNames == ["prod-111111111111-reader", "prod-222222222222-reader"])
            try stage.configure(stage.section("prod-reader", "222222222222", "reader"))
            service.change { $0.answer = ["profiles": [stage.granted("111111111111", "prod", "reader")]] }
            let moved = try await stage.run(stage.configure(service, region, "--all"))
            #expect(moved.code == 0)
            #expect(
                moved.errors.contains(
                    "profile prod-reader is for arn:aws:iam::111111111111:role/reader now, in another account than"
                ), "\(moved.errors)")
        }
    }

    @Test("Roles whose profiles would have one name get none, and are told; the others get theirs")
    func clash() async throws {
        let odd = { (stage: Stage) in
            [
                stage.granted("111111111111", "prod", "admin-x"), stage.granted("222222222222", "prod-admin", "x"),
                stage.granted("222222222222", "prod-admin", "y"),
            ]
        }
        try await withConfigService(odd) { stage, service in
            let arguments = stage.configure(service, "--default-region=us-west-2", "--all")
            let ended = try await stage.run(arguments)
            #expect(ended.code == 0)
            #expect(stage.profileNames == ["prod-admin-y"])
            for words in ["no profile is named prod-admin-x", ":role/admin-x", ":role/x", "--profile-template"] {
                #expect(ended.errors.contains(words), "\(ended.errors)")
            }
            let apart = try await stage.run(arguments + ["--profile-template={id}-{role}"])
            #expect([String(apart.code), apart.errors] == ["0", ""])
            #expect(stage.profileNames.count == 4)
        }
    }

    @Test("--prune removes profiles of ours whose role is gone, and nothing else")
    func prune() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let gone = stage.section("gone", "222222222222", "gone")
            let stale = stage.section("stale", "333333333333", "unknown")
            let other =
                "[profile other]\ncredential_process = aws-oidc creds-process --issuer-url=https://other.example.com --client-id=c --aws-role-arn=arn:aws:iam::222222222222:role/gone\n"
            let conditional = stage.section("conditional", "222222222222", "maybe")
            try stage.configure(
                [gone, stale, other, conditional, "[profile own]\nregion = x\n"].joined(separator: "\n"))
            service.change { settings in
                settings.answer = [
                    "profiles": .array(Stage.fewRoles(stage)),
                    "conditional": [stage.granted("222222222222", "prod", "maybe")],
                    "stale": [["account_id": "333333333333", "reason": "AccessDenied"]],
                ]
            }
            let arguments = stage.configure(service) + Stage.answers
            let unpruned = try await stage.run(arguments)
            #expect(unpruned.errors.contains("the roles of these profiles are gone: gone. --prune"))
            #expect(unpruned.errors.contains("account 333333333333 could not be read"))
            #expect(stage.config.contains("[profile gone]"))
            let unasked = try await stage.run(arguments + ["--prune"])
            #expect(unasked.code == 1)
            #expect(unasked.errors.contains("--yes"))
            let ended = try await stage.run(arguments + ["--prune", "--yes"])
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(!stage.config.contains("[profile gone]"))
            for name in ["stale", "other", "conditional", "own", "prod"] {
                #expect(stage.config.contains("[profile \(name)]"))
            }
        }
    }

    @Test("--prune leaves the profiles of another service's accounts, and those of roles that it could not use")
    func otherService() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            _ = try await stage.run(stage.configure(service) + Stage.answers)
            let first = stage.config
            let second = try await StandInConfigService.start()
            guard case .object(var odd) = stage.granted("777777777777", "odd", "odd") else { return }
            odd["client_id"] = "a;b"
            second.change {
                $0.answer = ["profiles": [stage.granted("777777777777", "other", "reader"), .object(odd)]]
            }
            try stage.configure(first + "\n" + stage.section("odd", "777777777777", "odd"))
            let ended = try await stage.run(
                stage.configure(second, "--all", "--default-region=us-west-2", "--prune", "--yes"))
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(
                ended.errors.contains(
                    "does not know the accounts of these profiles, so they stay: data-lake-poweruser, data-lake-reader, data-lake, prod-reader, prod."
                ), "\(ended.errors)")
            #expect(stage.config.hasPrefix(first))
            #expect(stage.profileNames.suffix(2) == ["odd", "other-reader"])
            await second.stop()
        }
    }

    @Test("An account that the service has named before and names no more is lost: --prune removes its profiles")
    func lostAccount() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            _ = try await stage.run(stage.configure(service) + Stage.answers)
            service.change { $0.answer = ["profiles": [stage.granted("222222222222", "prod", "reader")]] }
            let told = try await stage.run(["configure", "--yes"])
            #expect(told.errors.contains("are gone: data-lake-poweruser, data-lake-reader, data-lake. --prune"))
            #expect(stage.profileNames.count == 5)
            let ended = try await stage.run(["configure", "--yes", "--prune"])
            #expect([String(ended.code), ended.errors] == ["0", ""])
            #expect(stage.profileNames == ["prod-reader", "prod"])
        }
    }
}
