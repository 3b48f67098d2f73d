import Domain
import Testing

@Suite("The plan of profiles")
struct ProfilePlanTests {
    private let issuer: Issuer
    private let region: AWSRegion

    init() throws {
        issuer = try Issuer("https://login.example.com")
        region = try AWSRegion("us-west-2")
    }

    private func wanted(_ names: String...) throws -> [NamedRole] {
        try names.map { NamedRole($0, try ProfileNamesTests.role("111111111111", "dev", "r-\($0)")) }
    }

    private func plan(
        _ wanted: [NamedRole], in text: String, _ manner: ProfilePlan.Manner = .init(), gone: Set<String> = []
    ) throws -> ProfilePlan {
        try ProfilePlan(
            wanted, region: region, issuer: issuer, in: ConfigDocument(Array(text.utf8)), manner: manner,
            standing: { gone.contains($0.roleName) ? .gone : .there })
    }

    private func text(_ plan: ProfilePlan) -> String { String(decoding: plan.result.bytes, as: UTF8.self) }

    @Test("The text for one person is the sections of their profiles")
    func sections() throws {
        let text = try ProfilePlan.text(wanted("a", "default"), region: region, issuer: issuer)
        let start =
            "output = json\ncredential_process = aws-oidc creds-process --issuer-url=https://login.example.com --client-id=client --aws-role-arn=arn:aws:iam::111111111111:role/"
        #expect(
            text == "[profile a]\n\(start)r-a\nregion = us-west-2\n\n[default]\n\(start)r-default\nregion = us-west-2\n"
        )
    }

    @Test(
        "A role of another partition gets a region of its own, and one of the region's own partition that region",
        arguments: [
            ("us-west-2", "arn:aws-us-gov:iam::111111111111:role/a", "us-gov-west-1"),
            ("us-gov-east-1", "arn:aws-us-gov:iam::111111111111:role/a", "us-gov-east-1"),
            ("cn-north-1", "arn:aws:iam::111111111111:role/a", "us-east-1"),
            ("eu-central-1", "arn:aws:iam::111111111111:role/a", "eu-central-1"),
        ])
    func partitions(_ region: String, _ role: String, _ expected: String) throws {
        let granted = try GrantedRole(
            account: #require(Account(id: "111111111111", name: "dev", alias: "")), role: RoleARN(role),
            clientID: ClientID("client"), issuer: issuer)
        let text = try ProfilePlan.text([NamedRole("a", granted)], region: AWSRegion(region), issuer: issuer)
        #expect(text.hasSuffix("region = \(expected)\n"))
    }

    @Test("The text for all roles of one person has a profile for each, and one for the default role")
    func wholeText() throws {
        let roles = try [("1", "a"), ("1", "b")].map { try ProfileNamesTests.role("11111111111\($0)", "dev", $1) }
        let profiles = ProfileNames(roles).automatic(defaultRole: "b").profiles
        let text = try ProfilePlan.text(profiles, region: region, issuer: issuer)
        let document = try ConfigDocument(Array(text.utf8))
        #expect(document.profiles.map(\.name) == ["dev-a", "dev-b", "dev"])
        #expect(document.profile(named: "dev")?.value("credential_process")?.hasSuffix(":role/b") == true)
    }

    @Test(
        "To plan twice is to plan once, whatever the file is like",
        arguments: [
            "", "\n\n", "# only a comment", "[profile a]", "[profile a]\r\nregion=x\r\n", "\u{FEFF}[default]\nx=1",
            "[profile a]\ncredential_process = aws-oidc creds-process\n[profile a]\noutput = text\n",
            "[profile b]\n\tregion\t=\tx\n\ts3 =\n\t\tmax = 1\n\n[sso-session s]\nx=1\n",
            "[profile ä🙂]\nx=中\n[profile \"a\"]\ncredential_process = /opt/aws-oidc creds-process --flag=x # c\n",
            "  [profile a]\n  credential_process = sh -c 'aws-oidc creds-process'\n    more\n  [other]\n  y=1",
        ])
    func twice(old: String) throws {
        var manner = ProfilePlan.Manner()
        manner.forces = true
        let first = try plan(wanted("a", "b"), in: old, manner)
        #expect(!first.diff.isEmpty)
        let second = try plan(wanted("a", "b"), in: text(first), manner)
        #expect(second.diff.isEmpty, "\(second.diff.text())")
        #expect(second.result.bytes == first.result.bytes)
        for name in ["a", "b"] {
            let profile = try #require(first.result.profile(named: name))
            #expect(profile.value("region") == "us-west-2")
            #expect(profile.value("output") == "json")
            #expect(profile.value("credential_process")?.hasSuffix("role/r-\(name)") == true)
        }
    }

    @Test("A command that asks for the same role in other words stays, and so do other settings")
    func sameRole() throws {
        let own =
            "[profile a]\ncredential_process = sh -c 'aws-oidc creds-process --client-id client --issuer-url=https://login.example.com --aws-role-arn=arn:aws:iam::111111111111:role/r-a --cache=sqlite 2> /dev/tty'\noutput = json\nregion = us-west-2\ncli_pager =\n"
        let plan = try plan(wanted("a"), in: own)
        #expect(plan.diff.isEmpty)
        #expect(text(plan) == own)
    }

    @Test("Profiles of others are skipped, with the line and what they are")
    func foreign() throws {
        let text = "[profile a]\nregion = x\n[profile b]\ncredential_process = other\n"
        let plan = try plan(wanted("a", "b"), in: text)
        #expect(plan.diff.isEmpty)
        #expect(
            plan.skipped.map(\.reason) == [
                "a profile of that name in line 1 was not made by aws-oidc",
                "a profile of that name in line 3 has the credential_process of another program",
            ])
    }

    @Test("A profile of ours for another issuer is somebody's who has two; one that nobody can read is taken for ours")
    func otherIssuer() throws {
        func profile(_ name: String, _ issuer: String) -> String {
            "[profile \(name)]\ncredential_process = aws-oidc creds-process --issuer-url=\(issuer) --client-id=c --aws-role-arn=r\n"
        }
        let other = profile("a", "https://login.other.example")
        let own = ["https://login.example.com/", "old", "$ISSUER"].enumerated().map { profile("b\($0)", $1) }.joined()
        let plan = try plan(wanted("a", "b0", "b1", "b2"), in: other + own)
        #expect(
            plan.skipped.map(\.reason) == [
                "a profile of that name in line 1 is for another issuer, https://login.other.example"
            ])
        #expect(plan.skipped.map(\.isOfOtherIssuer) == [true])
        #expect(plan.diff.changes.map(\.name) == ["b0", "b1", "b2"])
        #expect(text(plan).hasPrefix(other))
        var manner = ProfilePlan.Manner()
        manner.forces = true
        #expect(try self.plan(wanted("a"), in: other, manner).diff.count(.changed) == 1)
    }

    @Test(
        "A command with words of the person's own stays, if it is not for that role anyway; one that is wrapped is not pruned",
        arguments: [
            "timeout 30 aws-oidc creds-process FLAGS", "aws-oidc creds-process FLAGS --session-duration=4h",
            "X=1 aws-oidc creds-process FLAGS", "nice sh -c 'aws-oidc creds-process FLAGS'",
            "aws-oidc creds-process FLAGS --new-flag",
        ])
    func ownWords(command: String) throws {
        func profile(_ role: String) -> String {
            let flags =
                "--issuer-url=https://login.example.com --client-id=client --aws-role-arn=arn:aws:iam::111111111111:role/"
            return
                "[profile a]\ncredential_process = \(command.replacing("FLAGS", with: flags + role))\nregion = us-west-2\n"
        }
        let other = try plan(wanted("a"), in: profile("other"))
        #expect(other.skipped.map(\.name) == ["a"])
        #expect(text(other) == profile("other"))
        let same = try plan(wanted("a"), in: profile("r-a"))
        #expect(same.skipped.isEmpty)
        #expect(same.diff.changes.flatMap(\.settings).map(\.key) == ["output"])
        var manner = ProfilePlan.Manner()
        manner.prunes = true
        let isWrapped = !command.hasPrefix("aws-oidc")
        #expect(try plan([], in: profile("gone"), manner, gone: ["gone"]).prunable.isEmpty == isWrapped)
        manner.forces = true
        #expect(try plan(wanted("a"), in: profile("other"), manner).diff.count(.changed) == 1)
    }

    @Test("The difference shows each profile, and every line that goes, but for secrets")
    func difference() throws {
        var manner = ProfilePlan.Manner()
        manner.prunes = true
        let old = try ProfilePlan.text(wanted("a", "gone"), region: try AWSRegion("eu-west-1"), issuer: issuer)
        let plan = try plan(
            wanted("a", "new"), in: old + "aws_secret_access_key = s3cret\nx =\n  y = 1\n# mine\n# the key: s3cret\n",
            manner,
            gone: ["r-gone"])
        #expect(plan.diff.summary == "1 profile added, 1 changed, 1 removed")
        let shown = plan.diff.text()
        #expect(
            shown.hasPrefix(
                "  [profile a]\n- region = eu-west-1\n+ region = us-west-2\n+ [profile new]\n+ output = json\n"))
        #expect(shown.hasSuffix("\n- aws_secret_access_key = …\n- x = …\n- # mine\n- # …\n"))
        #expect(!shown.contains("s3cret"))
        #expect(!text(plan).contains("gone"))
        #expect(plan.diff.text(limit: 1).hasSuffix("+ region = us-west-2\n  … and 2 more; --dry-run shows all\n"))
    }
}
