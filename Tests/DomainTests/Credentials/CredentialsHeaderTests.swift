import Domain
import Testing

@Suite("The header of a cached record") struct CredentialsHeaderTests {
    private static func key(_ issuer: String = "https://a.example", _ client: String = "abc", duration: Int64 = 3600)
        -> CredentialsKey
    {
        CredentialsKey(
            issuer: issuer, clientID: client, roleARN: "arn:aws:iam::123456789012:role/R", duration: duration,
            endpoints: EndpointVariables { _ in nil })
    }

    private static func header(renewAfter: Int64 = 2700, expiry: Int64 = 3600, subject: String = "me")
        -> CredentialsHeader
    {
        CredentialsHeader(
            renewAfter: Timestamp(seconds: renewAfter), expiry: Timestamp(seconds: expiry), key: key(),
            subject: subject)
    }

    @Test("The line has the format that is written down")
    func line() {
        #expect(
            Self.header(subject: "a person").line == "aws-oidc-credentials-1 2700 3600 "
                + "https://a.example|abc|arn:aws:iam::123456789012:role/R|3600|||||| a%20person")
        #expect(Self.header(subject: "").line.hasSuffix("|||||| "))
    }

    @Test("Any header comes back from its line, which is one line of five words")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 14)
        for _ in 0..<1000 {
            let (issuer, client, subject) = (generator.text(), generator.text(), generator.text())
            let header = CredentialsHeader(
                renewAfter: Timestamp(seconds: .random(in: .min ... .max, using: &generator)),
                expiry: Timestamp(seconds: .random(in: .min ... .max, using: &generator)),
                key: Self.key(issuer, client), subject: subject)
            #expect(header.line.utf8.allSatisfy { (0x20...0x7E).contains($0) })
            let read = try #require(CredentialsHeader(line: header.line))
            #expect(read == header)
            #expect(read.subject.utf8.elementsEqual(subject.utf8))
            let owner = try #require(read.issuerAndClient)
            #expect(owner.issuer.utf8.elementsEqual(issuer.utf8))
            #expect(owner.clientID.utf8.elementsEqual(client.utf8))
        }
    }

    @Test(
        "A line of another form is refused",
        arguments: [
            "", " ", "aws-oidc-credentials-1", "aws-oidc-credentials-1 1 2 k", "aws-oidc-credentials-1 1 2 k s t",
            "aws-oidc-credentials-2 1 2 k s", "AWS-oidc-credentials-1 1 2 k s", " aws-oidc-credentials-1 1 2 k s",
            "aws-oidc-credentials-1  1 2 k s", "aws-oidc-credentials-1 x 2 k s", "aws-oidc-credentials-1 1 x k s",
            "aws-oidc-credentials-1 1.5 2 k s", "aws-oidc-credentials-1 +1 2 k s", "aws-oidc-credentials-1 01 2 k s",
            "aws-oidc-credentials-1 1 -0 k s", "aws-oidc-credentials-1 1  k s", "aws-oidc-credentials-1 1 2 k s\r",
            "aws-oidc-credentials-1 1 9223372036854775808 k s", "aws-oidc-credentials-1 1 2 k %",
            "aws-oidc-credentials-1 1 2 k %zz", "aws-oidc-credentials-1 1 2 k %FF",
            "aws-oidc-credentials-1 1 2 k %c3%a9",
            "aws-oidc-credentials-1 1 2 k a\tb", "aws-oidc-credentials-1 ١ 2 k s", "{\"Version\": 1}",
        ])
    func refused(line: String) {
        #expect(CredentialsHeader(line: line) == nil)
        #expect(CredentialsHeader(line: line.dropFirst(0)) == nil)
    }

    @Test("The plainest line is taken")
    func plainest() throws {
        let header = try #require(CredentialsHeader(line: "aws-oidc-credentials-1 1 2 k s"))
        #expect(header.renewAfter == Timestamp(seconds: 1))
        #expect(header.expiry == Timestamp(seconds: 2))
        #expect(header.key == "k")
        #expect(header.subject == "s")
        #expect(header.issuerAndClient == nil)
    }

    @Test(
        "A record is handed out by itself until it is to be renewed, and never in its last minute",
        arguments: [
            (2700, 3600, 0, true), (2700, 3600, 2699, true), (2700, 3600, 2700, false), (2700, 3600, 9999, false),
            (3590, 3600, 3539, true), (3590, 3600, 3540, false), (3590, 3600, 3589, false), (9999, 3600, 3600, false),
            (9999, 3600, 3601, false),
        ])
    func fresh(renewAfter: Int64, expiry: Int64, now: Int64, isFresh: Bool) {
        let header = Self.header(renewAfter: renewAfter, expiry: expiry)
        #expect(header.isFresh(for: Self.key(), at: Timestamp(seconds: now)) == isFresh)
    }

    @Test("A record of another key is never handed out")
    func otherKey() {
        let now = Timestamp(seconds: 0)
        #expect(!Self.header().isFresh(for: Self.key(duration: 900), at: now))
        #expect(!Self.header().isFresh(for: Self.key("https://b.example"), at: now))
        #expect(Self.header().isFresh(for: Self.key(), at: now))
    }
}
