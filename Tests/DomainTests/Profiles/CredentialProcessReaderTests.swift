import Domain
import Testing

@Suite("Reading the commands of many profiles")
struct CredentialProcessReaderTests {
    private static let common = "--issuer-url=https://login.example.com --client-id=c1"

    /// Commands of which each might be mistaken for one before it.
    private static let commands = [
        "aws-oidc creds-process \(common) --aws-role-arn=arn:aws:iam::1:role/a",
        "aws-oidc creds-process \(common) --aws-role-arn=arn:aws:iam::2:role/b",
        "aws-oidc creds-process \(common) --aws-role-arn=arn:aws:iam::3:role/c --cache sqlite",
        "aws-oidc creds-process \(common) --aws-role-arn=arn:aws:iam::4:role/d --cache sqlite",
        "A=b aws-oidc creds-process \(common) --aws-role-arn=arn:aws:iam::5:role/e",
        "aws-oidc creds-process \(common) --aws-role-arn='arn:aws:iam::6:role/f g'",
        "aws-oidc creds-process \(common) --aws-role-arn=x\\ y",
        "aws-oidc creds-process \(common) --aws-role-arn=one --aws-role-arn=two",
        "aws-oidc creds-process \(common) --aws-role-arn=three --aws-role-arn=four",
        "aws-oidc creds-process \(common) --aws-role-arn=five --aws-role-arn four",
        "aws-oidc creds-process \(common) --aws-role-arn=six --aws-role-arn four",
        "aws-oidc creds-process --issuer-url=i --cache --aws-role-arn=one --client-id=c --aws-role-arn two",
        "aws-oidc creds-process --issuer-url=i --cache --aws-role-arn=three --client-id=c --aws-role-arn two",
        "other creds-process --aws-role-arn=arn:aws:iam::1:role/a",
        "sh -c 'aws-oidc creds-process \(common) --aws-role-arn=arn:aws:iam::1:role/a 2> /dev/tty'",
        "sh -c 'aws-oidc creds-process \(common) --aws-role-arn=arn:aws:iam::2:role/b 2> /dev/tty'",
        "sh -c 'aws-oidc creds-process \(common) --aws-role-arn=arn:aws:iam::3:role/c'",
        "aws-oidc creds-process \(common) --aws-role-arn=",
        "aws-oidc creds-process \(common)",
    ]

    @Test("Gives what reading each by itself gives", arguments: [commands, commands.reversed()])
    func same(commands: [String]) throws {
        var reader = CredentialProcessReader()
        for command in commands {
            #expect(try reader.read(command).process == CredentialProcess(command), "\(command)")
        }
    }

    @Test("A command of another role, and nothing else, is known")
    func known() throws {
        var reader = CredentialProcessReader()
        let known = try Self.commands.map { try reader.read($0).isKnown }
        #expect(known.indices.filter { known[$0] } == [1, 3, 15])
    }

    @Test("A quotation without an end is told each time")
    func unterminated() {
        var reader = CredentialProcessReader()
        for _ in 0..<2 {
            #expect(throws: ShellWordsError.unterminatedQuote("'")) { try reader.read("'aws-oidc --aws-role-arn=a") }
        }
    }
}
