import Domain
import Testing

/// The answer of the config service, to the letter.
struct ConfigReplyTests {
    private func entry(_ name: String, account: String = "My \"Account\"") throws -> RoleMap.Entry {
        RoleMap.Entry(
            account: try #require(Account(id: "123456789012", name: account, alias: "acme-dev")),
            role: try RoleARN("arn:aws:iam::123456789012:role/team/\(name)"), clientID: try ClientID("0oa1"))
    }

    private func text(_ reply: ConfigReply, isExtended: Bool = false) throws -> String {
        String(
            decoding: reply.json(issuer: try Issuer("https://id.example.com/a"), isExtended: isExtended), as: UTF8.self)
    }

    @Test("the members that clients out there read stand in the answer, a path left out of the role's name")
    func plain() throws {
        let reply = ConfigReply(profiles: [try entry("reader")], conditional: [], stale: [])
        #expect(
            try text(reply) == """
                {"profiles":[{"client_id":"0oa1","aws_account":{"id":"123456789012","name":"My \\"Account\\"","alias":"acme-dev"},\
                "role_arn":"arn:aws:iam::123456789012:role/team/reader","issuer_url":"https://id.example.com/a",\
                "role_name":"reader"}]}
                """)
    }

    @Test("nobody's roles are an empty list, not null")
    func empty() throws {
        #expect(try text(ConfigReply(profiles: [], conditional: [], stale: [])) == "{\"profiles\":[]}")
    }

    @Test("conditional roles and stale accounts are told only where that is asked for")
    func extended() throws {
        let reply = ConfigReply(
            profiles: [], conditional: [RoleMap.Conditional(try entry("maybe"), reason: "asks for\nMFA")],
            stale: [
                RoleMap.Stale(accountID: "123456789012", reason: "denied", lastRead: Timestamp(seconds: 0)),
                RoleMap.Stale(accountID: "210987654321", reason: "denied", lastRead: nil),
            ])
        #expect(try text(reply) == "{\"profiles\":[]}")
        let long = try text(reply, isExtended: true)
        #expect(long.contains("\"role_name\":\"maybe\",\"reason\":\"asks for\\nMFA\"}]"))
        #expect(
            long.contains(
                "{\"account_id\":\"123456789012\",\"reason\":\"whoever runs the config service can see why\","
                    + "\"last_read\":\"1970-01-01T00:00:00Z\"}"))
        #expect(
            long.hasSuffix(
                "{\"account_id\":\"210987654321\",\"reason\":\"it has not been read yet\",\"last_read\":null}]}"))
        #expect(!long.contains("denied"))
    }
}
