import Foundation
import StandIns
import Testing

@Suite("configure")
struct ConfigureTests {
    @Test(
        "Where flags answer all questions it writes the profiles without asking, and the second time has nothing to do")
    func flags() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let arguments = stage.configure(service) + Stage.answers
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
        try await withConfigService(Stage.fewRoles) { stage, service in
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
            let ended = try await stage.run(stage.configure(service, "--account=222222222222") + Stage.answers)
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
        try await withConfigService(Stage.fewRoles) { stage, service in
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
        try await withConfigService(Stage.fewRoles) { stage, service in
            let ended = try await stage.run(
                stage.configure(service, "--print-only", "--role=poweruser") + ["--default-region=us-west-2"])
            #expect(ended.output == stage.section("data-lake-poweruser", "111111111111", "poweruser"))
            #expect([String(ended.code), ended.errors] == ["0", ""])
            #expect(stage.configFolder.isEmpty)
        }
    }

    @Test("--dry-run shows what would change and exits with 2, or with 0 where nothing would")
    func dryRun() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let dry = stage.configure(service, "--dry-run") + Stage.answers
            let before = try await stage.run(dry)
            #expect(before.code == 2)
            #expect(
                before.output.contains(
                    "+ [profile prod]\n+ output = json\n+ credential_process = aws-oidc creds-process "))
            #expect(before.output.contains("5 profiles added"))
            #expect(stage.configFolder.isEmpty)
            _ = try await stage.run(stage.configure(service) + Stage.answers)
            let after = try await stage.run(dry)
            #expect(after.code == 0)
            #expect(after.output.contains("up to date"))
        }
    }

    @Test("A file that botocore can't read is said to be one, with the line")
    func strictness() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            try stage.configure("[other]\nx = 1\n[other]\n")
            let ended = try await stage.run(stage.configure(service) + Stage.answers)
            #expect(ended.code == 0)
            #expect(
                ended.errors.contains(
                    "can't read \(stage.configPath): its line 3 begins a section that line 1 has begun."),
                "\(ended.errors)")
        }
    }

    @Test("--check and --flush-oidc-token-cache contradict each other")
    func flushedCheck() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let ended = try await stage.run(
                stage.configure(service, "--check", "--flush-oidc-token-cache") + Stage.answers)
            #expect(ended.code == 1)
            #expect(ended.errors.contains("--check asks nobody to sign in, as --flush-oidc-token-cache would"))
        }
    }

    @Test("--profile-template names the profiles; one that can't be used, or gives two the same name, is refused")
    func template() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let arguments = stage.configure(service) + ["--default-region=us-west-2", "--all"]
            for (template, words) in [
                ("{name}", "it knows {account}, {id} and {role} only"), ("x", "the same name"), ("{id", "a { has no }"),
                ("{role}", "several profiles would be named reader"), ("{id} {role}", "can't be used"),
            ] {
                let ended = try await stage.run(arguments + ["--profile-template", template])
                #expect(ended.code != 0)
                #expect(ended.errors.contains(words), "\(ended.errors)")
            }
            #expect(stage.configFolder.isEmpty)
            let ended = try await stage.run(arguments + ["--profile-template", "aws.{id}/{role}"])
            #expect(ended.code == 0, "\(ended.errors)")
            #expect(
                stage.profileNames == [
                    "aws.111111111111/poweruser", "aws.111111111111/reader", "aws.222222222222/reader",
                ])
        }
    }

    @Test("Accounts of one name get their numbers behind it, each of them, the same way each time")
    func oneName() async throws {
        let twins = { (stage: Stage) in
            [
                stage.granted("222222222222", "Prod", "reader"), stage.granted("111111111111", "prod", "reader"),
                stage.granted("333333333333", "dev", "reader"),
            ]
        }
        try await withConfigService(twins) { stage, service in
            let ended = try await stage.run(stage.configure(service) + Stage.answers)
            #expect(ended.code == 0, "\(ended.errors)")
            let names = [
                "dev-reader", "dev", "prod-111111111111-reader", "prod-111111111111", "prod-222222222222-reader",
                "prod-222222222222",
            ]
            #expect(stage.profileNames == names)
            service.change { $0.answer = ["profiles": .array(twins(stage).reversed())] }
            let again = try await stage.run(stage.configure(service) + Stage.answers)
            #expect(again.output.contains("up to date"))
        }
    }

    @Test("A default role that somebody lacks costs the plain names, not the profiles")
    func lackingDefault() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let ended = try await stage.run(
                stage.configure(service, "--default-region=us-west-2", "--default-role-name=admin"))
            #expect(ended.code == 0)
            #expect(ended.errorLines.count == 1)
            #expect(ended.errors.contains("none of these roles is named admin, so no profile gets the plain name"))
            #expect(ended.errors.contains("Your roles are poweruser, reader, your accounts data-lake, prod."))
            #expect(stage.profileNames == ["data-lake-poweruser", "data-lake-reader", "prod-reader"])
        }
    }

    @Test("An empty name, as an unset variable leaves it, is a usage error", arguments: ["account", "role"])
    func emptyName(flag: String) async throws {
        try await onStage { stage in
            let ended = try await stage.run(["configure", "--\(flag)", ""])
            #expect(ended.code == 1)
            #expect(ended.errors.contains("need a name"))
        }
    }

    @Test("Without a terminal it names the flags that would answer, before anybody is asked to sign in")
    func noTerminal() async throws {
        try await onStage { stage in
            let ended = try await stage.run(["configure"] + stage.provided + ["--config-url=http://localhost:1"])
            #expect([String(ended.code), ended.output] == ["1", ""])
            #expect(ended.errorLines.count == 1)
            for flag in ["--default-region", "--default-role-name", "--all"] {
                #expect(ended.errors.contains(flag))
            }
            #expect(stage.requests.isEmpty)
        }
    }

    @Test("A file that can't be parsed is not touched, and its line and column are told before anybody signs in")
    func unparsable() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            try stage.configure("[default]\nregion = x\n[profile a\n")
            let ended = try await stage.run(stage.configure(service) + Stage.answers)
            #expect(ended.code == 1)
            #expect(ended.errors.contains("line 3, column 11"))
            #expect(stage.configFolder == ["config"])
            #expect(service.receivedTokens.isEmpty)
        }
    }

    @Test("Its help names every flag, the exit codes, and examples")
    func help() async throws {
        try await onStage { stage in
            let ended = try await stage.run(["configure", "--help"])
            #expect([String(ended.code), ended.errors] == ["0", ""])
            for words in [
                "--issuer-url <url>", "--client-id <id>", "--config-url <url>", "--default-region <region>",
                "--default-role-name <role>", "--all", "--account <account>", "--role <role>",
                "--profile-template <template>", "--print-only", "--dry-run", "--check", "--yes", "--prune", "--force",
                "Exit codes: 0 done", "aws-oidc configure --check || aws-oidc configure --dry-run",
            ] {
                #expect(ended.output.contains(words), "\(words)")
            }
        }
    }
}
