import Foundation
import StandIns
import Testing

@Suite("configure")
struct ConfigureTests {
    private static func few(_ stage: Stage) -> [JSONValue] {
        [
            stage.granted("111111111111", "Data Lake", "poweruser"),
            stage.granted("111111111111", "Data Lake", "reader"),
            stage.granted("222222222222", "prod", "reader"),
        ]
    }
    private static let answers = ["--default-region=eu-west-1", "--default-role-name=reader"]

    @Test(
        "Where flags answer all questions it writes the profiles without asking, and the second time has nothing to do")
    func flags() async throws {
        try await withConfigService(Self.few) { stage, service in
            let arguments = stage.configure(service) + Self.answers
            let ended = try await stage.run(arguments)
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(ended.output.contains("5 profiles added"))
            let reader = "111111111111"
            #expect(
                stage.config
                    == [
                        stage.section("data-lake-poweruser", reader, "poweruser", region: "eu-west-1"),
                        stage.section("data-lake-reader", reader, "reader", region: "eu-west-1"),
                        stage.section("data-lake", reader, "reader", region: "eu-west-1"),
                        stage.section("prod-reader", "222222222222", "reader", region: "eu-west-1"),
                        stage.section("prod", "222222222222", "reader", region: "eu-west-1"),
                    ].joined(separator: "\n"))
            #expect(stage.configFolder == ["config"])
            let first = stage.config
            let again = try await stage.run(arguments)
            #expect([String(again.code), again.errors, stage.config] == ["0", "", first])
            #expect(again.output.contains("up to date"))
            #expect(stage.configFolder == ["config"])
            // The profile works.
            let credentials = try await stage.run(["env", "--profile=data-lake"])
            #expect(credentials.output.contains("AWS_ACCESS_KEY_ID="), "\(credentials.errors)")
        }
    }

    @Test("Everything else in the file stays byte for byte, its mode and a symlink too, and the old file is kept")
    func lossless() async throws {
        try await withConfigService(Self.few) { stage, service in
            let old =
                "# mine\r\n[default]\r\nregion=x\t\r\n\r\n[profile prod]\r\ncredential_process = aws-oidc creds-process "
                + "--issuer-url=old --client-id=c --aws-role-arn=r\r\ncli_pager =\r\n[profile z]\r\nregion = y"
            try FileManager.default.createDirectory(atPath: stage.home + "/.aws", withIntermediateDirectories: true)
            try FileManager.default.createDirectory(atPath: stage.home + "/dotfiles", withIntermediateDirectories: true)
            let target = stage.home + "/dotfiles/aws"
            try Data(old.utf8).write(to: URL(fileURLWithPath: target))
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: target)
            try FileManager.default.createSymbolicLink(
                atPath: stage.configPath, withDestinationPath: "../dotfiles/aws")
            let ended = try await stage.run(stage.configure(service, "--account=222222222222") + Self.answers)
            #expect(ended.code == 0, "\(ended.errors)")
            let command = stage.section("prod", "222222222222", "reader").split(separator: "\n")[2]
            #expect(
                stage.config
                    == old.replacing(
                        "credential_process = aws-oidc creds-process --issuer-url=old --client-id=c --aws-role-arn=r\r\ncli_pager =\r\n",
                        with: "\(command)\r\ncli_pager =\r\noutput = json\r\nregion = eu-west-1\r\n") + "\r\n\r\n"
                    + stage.section("prod-reader", "222222222222", "reader", region: "eu-west-1").replacing(
                        "\n", with: "\r\n"))
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: stage.configPath) == "../dotfiles/aws")
            let attributes = try FileManager.default.attributesOfItem(atPath: target)
            #expect(attributes[.posixPermissions] as? Int == 0o640)
            #expect(try FileManager.default.contentsOfDirectory(atPath: stage.home + "/dotfiles") == ["aws"])
            let backup = try #require(stage.configFolder.first { $0.hasPrefix("config.backup-") })
            #expect(stage.text("home/.aws/\(backup)") == old)
            #expect(ended.output.contains(backup))
        }
    }

    @Test("Of the backups the last five are kept, and nothing that only looks like one is removed")
    func backups() async throws {
        try await withConfigService(Self.few) { stage, service in
            try stage.configure("[default]\n")
            let others = ["config.backup-mine", "config.backup-20200101T000000Z.txt"]
            for name in others { try Data().write(to: URL(fileURLWithPath: stage.home + "/.aws/" + name)) }
            for number in 1...8 {
                let ended = try await stage.run(
                    stage.configure(service, "--all", "--default-region=us-east-\(number)"))
                #expect(ended.code == 0, "\(ended.errors)")
            }
            let kept = stage.configFolder.filter { $0.hasPrefix("config.backup-") && !others.contains($0) }
            #expect(kept.count == 5)
            #expect(stage.text("home/.aws/\(kept.last ?? "")").contains("us-east-7"))
            #expect(Set(others).isSubset(of: stage.configFolder))
        }
    }

    @Test("--print-only prints the profiles and nothing else, and touches no file")
    func printOnly() async throws {
        try await withConfigService(Self.few) { stage, service in
            let ended = try await stage.run(
                stage.configure(service, "--print-only", "--role=poweruser") + ["--default-region=us-west-2"])
            #expect(ended.output == stage.section("data-lake-poweruser", "111111111111", "poweruser"))
            #expect([String(ended.code), ended.errors] == ["0", ""])
            #expect(stage.configFolder.isEmpty)
        }
    }

    @Test("--dry-run shows what would change and exits with 2, or with 0 where nothing would")
    func dryRun() async throws {
        try await withConfigService(Self.few) { stage, service in
            let dry = stage.configure(service, "--dry-run") + Self.answers
            let before = try await stage.run(dry)
            #expect(before.code == 2)
            #expect(
                before.output.contains(
                    "+ [profile prod]\n+ output = json\n+ credential_process = aws-oidc creds-process "))
            #expect(before.output.contains("5 profiles added"))
            #expect(stage.configFolder.isEmpty)
            _ = try await stage.run(stage.configure(service) + Self.answers)
            let after = try await stage.run(dry)
            #expect(after.code == 0)
            #expect(after.output.contains("up to date"))
        }
    }

    @Test("A profile of the same name that is not ours is left with a warning, and taken over with --force")
    func foreign() async throws {
        try await withConfigService(Self.few) { stage, service in
            let foreign = "[profile prod]\nregion = x\nsso_session = s\n"
            try stage.configure(foreign)
            let arguments = stage.configure(service, "--account=prod") + Self.answers
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

    @Test("Access keys in the credentials file, which would go before the role, are said")
    func staticKeys() async throws {
        try await withConfigService(Self.few) { stage, service in
            try stage.configure("")
            let keys = "[other]\naws_access_key_id = a\n[prod]\nAWS_Access_Key_Id=b\naws_secret_access_key = c\n"
            try Data(keys.utf8).write(to: URL(fileURLWithPath: stage.home + "/.aws/credentials"))
            let ended = try await stage.run(stage.configure(service) + Self.answers)
            #expect(ended.code == 0)
            #expect(ended.errorLines.count == 1)
            #expect(ended.errors.contains("the credentials file has access keys for prod, which"))
        }
    }

    @Test("--prune removes profiles of ours whose role is gone, and nothing else")
    func prune() async throws {
        try await withConfigService(Self.few) { stage, service in
            let gone = stage.section("gone", "222222222222", "gone")
            let stale = stage.section("stale", "333333333333", "unknown")
            let other =
                "[profile other]\ncredential_process = aws-oidc creds-process --issuer-url=https://other.example.com --client-id=c --aws-role-arn=arn:aws:iam::222222222222:role/gone\n"
            let conditional = stage.section("conditional", "222222222222", "maybe")
            try stage.configure(
                [gone, stale, other, conditional, "[profile own]\nregion = x\n"].joined(separator: "\n"))
            service.change { settings in
                settings.answer = [
                    "profiles": .array(Self.few(stage)),
                    "conditional": [stage.granted("222222222222", "prod", "maybe")],
                    "stale": [["account_id": "333333333333", "reason": "AccessDenied"]],
                ]
            }
            let arguments = stage.configure(service) + Self.answers
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

    @Test("It remembers where to ask and what was chosen; --check tells whether anything would change")
    func memory() async throws {
        try await withConfigService(Self.few) { stage, service in
            let early = try await stage.run(["configure", "--check"])
            #expect(early.code == 1)
            #expect(early.errors.contains("--issuer-url, --client-id, --config-url must be given"))
            _ = try await stage.run(stage.configure(service) + Self.answers)
            let file = stage.home + "/.config/aws-oidc/config"
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            let fresh = try await stage.run(["configure", "--check"])
            #expect([String(fresh.code), fresh.errors] == ["0", ""], "\(fresh.output)")
            service.change { settings in
                settings.answer = [
                    "profiles": .array(Self.few(stage) + [stage.granted("444444444444", "new", "reader")])
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

    @Test("--check asks nobody to sign in")
    func checkSignedOut() async throws {
        try await withConfigService(Self.few) { stage, service in
            _ = try await stage.run(stage.configure(service) + Self.answers)
            let visits = stage.visits
            _ = try await stage.run(["logout"] + stage.provided)
            let ended = try await stage.run(["configure", "--check"])
            #expect(ended.code == 1)
            #expect(ended.errors.contains("aws-oidc login"))
            #expect(stage.visits == visits)
        }
    }

    @Test("Without a terminal it names the flags that would answer, before anybody is asked to sign in")
    func noTerminal() async throws {
        try await onStage { stage in
            let ended = try await stage.run(["configure"] + stage.provided + ["--config-url=http://localhost:1"])
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errorLines.count == 1)
            for flag in ["--default-region", "--default-role-name", "--all", "--yes"] {
                #expect(ended.errors.contains(flag))
            }
            #expect(stage.requests.isEmpty)
        }
    }

    @Test("A file that can't be parsed is not touched, and its line and column are told before anybody signs in")
    func unparsable() async throws {
        try await withConfigService(Self.few) { stage, service in
            try stage.configure("[default]\nregion = x\n[profile a\n")
            let ended = try await stage.run(stage.configure(service) + Self.answers)
            #expect(ended.code == 1)
            #expect(ended.errors.contains("line 3, column 11"))
            #expect(stage.configFolder == ["config"])
            #expect(service.receivedTokens.isEmpty)
        }
    }

    @Test("What the service can't give is a sentence of its own each, and leaves the file alone")
    func serviceTrouble() async throws {
        try await withConfigService({ _ in [] }) { stage, service in
            try stage.configure("[default]\n")
            func errors(_ change: (inout StandInConfigService.Settings) -> Void) async throws -> String {
                service.change {
                    $0 = StandInConfigService.Settings()
                    change(&$0)
                }
                let ended = try await stage.run(stage.configure(service) + Self.answers)
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
        try await withConfigService(Self.few) { stage, service in
            for address in ["http://config.example.com", "https://user@x.example.com", "ftp://x", "https://x/#y"] {
                let ended = try await stage.run(
                    ["configure"] + stage.provided + ["--config-url=\(address)"] + Self.answers)
                #expect(ended.code == 1)
                #expect(ended.errors.contains("--config-url"))
            }
            let elsewhere = try await StandInConfigService.start()
            service.change { $0.redirect = elsewhere.endpoint + "/" }
            _ = try await stage.run(stage.configure(service) + Self.answers)
            #expect(elsewhere.log.entries.isEmpty)
            await elsewhere.stop()
        }
    }

    @Test("A field that could become a line or a command of its own is refused with its place; the rest is written")
    func hostile() async throws {
        try await withConfigService(Self.few) { stage, service in
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
            service.change { $0.answer = ["profiles": .array(evil + Self.few(stage) + [odd])] }
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
