import Domain
import Testing

@Suite("A profile that is ours, by its credential_process")
struct CredentialProcessTests {
    private static let flags =
        "--issuer-url=https://login.example.com --client-id=c1 --aws-role-arn=arn:aws:iam::1:role/r"
    private static let parted =
        "--issuer-url https://login.example.com --client-id c1 --aws-role-arn arn:aws:iam::1:role/r"

    @Test(
        "Issuer, client id and role are found however the command is written",
        arguments: [
            "aws-oidc creds-process \(flags)",
            "aws-oidc creds-process \(parted)",
            "aws-oidc \(flags) creds-process",
            "aws-oidc --node-local-cache /tmp/x creds-process \(flags)",
            "/usr/local/bin/aws-oidc creds-process \(flags)",
            "\"/opt/my tools/aws-oidc\" creds-process \(parted)",
            "'aws-oidc' 'creds-process' \(flags)",
            "A=b B='c d' aws-oidc creds-process \(flags)",
            "env -u X A=b aws-oidc creds-process \(flags)",
            "/usr/bin/env aws-oidc creds-process \(flags)",
            "nice -n 5 timeout 60 ~/bin/aws-oidc creds-process \(flags)",
            "sh -c 'aws-oidc creds-process \(flags) 2> /dev/tty'",
            "sh -c \"aws-oidc creds-process \(flags) 2>/dev/tty\"",
            "/bin/bash -l -c 'exec aws-oidc creds-process \(flags)'",
            "bash -lc 'A=b aws-oidc creds-process \(flags)'",
            "env A=b sh -c \"sh -c 'aws-oidc creds-process \(flags)'\"",
            "aws-oidc creds-process \(flags) 2> /dev/tty",
            "aws-oidc creds-process \(flags) 2>&1 ",
            "aws-oidc creds-process\n\(flags)",
            "aws-oidc creds-process --client-id=other \(flags)",
        ])
    func found(command: String) throws {
        let process = try #require(try CredentialProcess(command))
        #expect(process.namesOwnProgram)
        #expect(process.issuerURL == "https://login.example.com")
        #expect(process.clientID == "c1")
        #expect(process.roleARN == "arn:aws:iam::1:role/r")
        #expect(process.others.isEmpty)
    }

    @Test(
        "A command of somebody else is none of ours",
        arguments: [
            "", "  ", "aws-oidc", "aws-oidc token \(flags)", "aws-oidc exec -- creds", "aws-oidcx creds-process",
            "my-aws-oidc creds-process", "/opt/aws-oidc/other creds-process", "other --issuer-url=a --client-id=b",
            "aws-vault exec x", "sh -c", "sh -c ''", "A=b", "sh script aws", "saml2aws --aws-role-arn=x",
        ])
    func foreign(command: String) throws {
        #expect(try CredentialProcess(command) == nil)
    }

    @Test("A program of another name that is given all our flags serves, but is not taken for ours")
    func wrapper() throws {
        let process = try #require(try CredentialProcess("A=b /opt/login.sh creds-process \(Self.parted) --x y"))
        #expect(!process.namesOwnProgram)
        #expect(process.clientID == "c1")
        #expect(process.environment == ["A": "b"])
        #expect(process.others == ["--x", "y"])
    }

    @Test("The other flags, and the variables before the command, are honoured")
    func others() throws {
        let process = try #require(
            try CredentialProcess(
                "AWS_OIDC_NODE_LOCAL_CACHE=/a AWS_OIDC_CACHE=file aws-oidc creds-process \(Self.flags) --cache sqlite "
                    + "--device-code-flow --session-duration=2h --region eu-west-1 -vv --new-flag x"))
        #expect(process.nodeLocalCache == "/a")
        #expect(process.cache == "sqlite")
        #expect(process.sessionDuration == "2h")
        #expect(process.region == "eu-west-1")
        #expect(process.isOn("device-code-flow"))
        #expect(process.isOn("verbose"))
        #expect(!process.isOn("flush-oidc-token-cache"))
        #expect(process.others == ["--new-flag", "x"])
    }

    @Test(
        "A switch can be off", arguments: [("=true", true), ("=1", true), ("=false", false), ("=0", false), ("", true)])
    func switches(suffix: String, expected: Bool) throws {
        let process = try #require(
            try CredentialProcess("aws-oidc creds-process --device-code-flow\(suffix) \(Self.flags)"))
        #expect(process.isOn("device-code-flow") == expected)
        #expect(process.clientID == "c1")
    }

    @Test(
        "A flag that creds-process would refuse is told of, and none that is another program's or a shell's",
        arguments: [
            ("aws-oidc creds-process % --bogus", "--bogus"), ("aws-oidc -x creds-process %", "-x"),
            ("aws-oidc creds-process % --region", "--region"), ("timeout -k 5 30 aws-oidc creds-process %", nil),
            ("login.sh % --bogus", nil), ("sh -c 'aws-oidc creds-process % | cat -u'", nil),
            ("aws-oidc creds-process % -vv -v=1 --verbose --log-file=x", nil), ("aws-oidc creds-process % --", nil),
        ] as [(String, String?)])
    func refusal(command: String, flag: String?) throws {
        let parts = command.split(separator: "%", omittingEmptySubsequences: false)
        let process = try #require(try CredentialProcess(parts.joined(separator: Self.flags)))
        let refusal = process.refusal
        #expect((refusal == nil) == (flag == nil))
        if let flag { #expect(refusal?.contains("nothing of the \(flag) in") == true) }
    }

    @Test("What only a shell would expand is said, and stays as written")
    func expansion() throws {
        let command = "aws-oidc creds-process --node-local-cache \"/tmp/x-$(id -u)\" \(Self.flags)"
        let plain = try #require(try CredentialProcess(command))
        #expect(!plain.isExpandedByShell)
        #expect(plain.nodeLocalCache == "/tmp/x-$(id -u)")
        #expect(try CredentialProcess("sh -c '\(command)'")?.isExpandedByShell == true)
    }

    @Test("An open quotation is an error, a command longer than any system takes is not ours")
    func odd() throws {
        #expect(throws: ShellWordsError.unterminatedQuote("'")) {
            try CredentialProcess("aws-oidc creds-process 'x")
        }
        #expect(throws: ShellWordsError.unterminatedQuote("\"")) { try CredentialProcess("sh -c 'aws-oidc \"x'") }
        #expect(try CredentialProcess("aws-oidc creds-process " + String(repeating: "x ", count: 100_000)) == nil)
        var nested = "aws-oidc creds-process"
        for _ in 0..<50 { nested = "sh -c " + nested }
        _ = try CredentialProcess(nested)
    }
}
