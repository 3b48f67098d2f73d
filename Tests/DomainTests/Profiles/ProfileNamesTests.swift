import Domain
import Testing

@Suite("The names of profiles")
struct ProfileNamesTests {
    static func role(
        _ accountID: String, _ name: String, _ role: String, alias: String = "", client: String = "client"
    ) throws -> GrantedRole {
        let account = try #require(Account(id: accountID, name: name, alias: alias))
        return try GrantedRole(
            account: account, role: RoleARN("arn:aws:iam::\(accountID):role/\(role)"), clientID: ClientID(client),
            issuer: Issuer("https://login.example.com"))
    }

    private func names(_ roles: [GrantedRole], _ template: String? = nil, defaultRole: String? = nil) throws -> [String]
    {
        let names = ProfileNames(roles, template: try template.map { try ProfileTemplate($0) })
        return names.automatic(defaultRole: defaultRole).profiles.map(\.name)
    }

    @Test(
        "An account's alias goes before its name; what is no letter, digit, _ or - becomes -, and all is small",
        arguments: [
            ("Data Lake", "", "data-lake"), ("Data Lake", "CZI.dev", "czi-dev"), ("a_B-9", "", "a_b-9"),
            ("é\u{301}x", "", "--x"), ("[x]\n", "", "-x--"), ("", "", "111111111111"),
        ])
    func accounts(name: String, alias: String, expected: String) throws {
        #expect(ProfileNames.name(of: try #require(Account(id: "111111111111", name: name, alias: alias))) == expected)
    }

    @Test("Each role has a profile, and the default role's account its plain name besides")
    func automatic() throws {
        let roles = [
            try Self.role("222222222222", "prod", "reader"), try Self.role("111111111111", "dev", "path/Power.User"),
            try Self.role("111111111111", "dev", "reader"),
        ]
        #expect(
            try names(roles, defaultRole: "reader") == ["dev-Power.User", "dev-reader", "dev", "prod-reader", "prod"])
        #expect(try names(roles) == ["dev-Power.User", "dev-reader", "prod-reader"])
        #expect(try names(roles.reversed(), defaultRole: "reader") == (try names(roles, defaultRole: "reader")))
    }

    @Test("Every account that shares its name gets its number behind it")
    func shared() throws {
        let roles = [
            try Self.role("222222222222", "Dev", "a"), try Self.role("111111111111", "dev", "a"),
            try Self.role("333333333333", "dev2", "a"),
        ]
        #expect(
            try names(roles, defaultRole: "a") == [
                "dev-111111111111-a", "dev-111111111111", "dev-222222222222-a", "dev-222222222222", "dev2-a", "dev2",
            ])
    }

    @Test("A template says how; characters of a role that no profile's name has become -")
    func template() throws {
        let roles = [try Self.role("111111111111", "dev", "a+b=c")]
        #expect(try names(roles, "{role}.{id}/{account}") == ["a+b-c.111111111111/dev"])
        #expect(try names(roles, "x-{account}", defaultRole: "a+b=c") == ["x-dev", "dev"])
    }

    @Test(
        "A template with anything else is refused",
        arguments: ["", "x", "{name}", "{role", "a b{role}", "{role}[", "{}"])
    func badTemplate(text: String) {
        #expect(throws: InvalidProfileTemplate.self) { try ProfileTemplate(text) }
    }

    @Test("Where two roles would have one name, neither gets it, and it is said")
    func clashes() throws {
        let roles = [try Self.role("111111111111", "a", "b-c"), try Self.role("222222222222", "a-b", "c")]
        let (profiles, clashes) = ProfileNames(roles).automatic(defaultRole: nil)
        #expect(profiles.isEmpty)
        #expect(Set(clashes.map(\.name)) == ["a-b-c"])
    }

    @Test("Of a role that several clients may take the profile is for our own, else for the first")
    func clients() throws {
        let roles = try ["c", "b", "a"].map { try Self.role("111111111111", "dev", "r", client: $0) }
        #expect(ProfileNames(roles).automatic(defaultRole: nil).profiles.map(\.role.clientID.text) == ["a"])
        let own = ProfileNames(roles, preferred: try ClientID("b")).automatic(defaultRole: nil)
        #expect(own.profiles.map(\.role.clientID.text) == ["b"])
    }

    @Test(
        "What means anything to a shell is in no profile's command",
        arguments: ["a'b/r", "a;b/r", "$HOME/r", "a&b/r", "(x)/r", "a#b/r", "*/r", "a|b/r", "~a`b/r", "<a/r"])
    func shell(path: String) throws {
        let account = try #require(Account(id: "111111111111", name: "", alias: ""))
        let role = try RoleARN("arn:aws:iam::111111111111:role/\(path)")
        #expect(throws: InvalidGrantedRole.self) {
            try GrantedRole(
                account: account, role: role, clientID: ClientID("c"), issuer: Issuer("https://login.example.com"))
        }
    }

    @Test(
        "A region is a word such as us-west-2",
        arguments: [
            ("us-west-2", true), ("us-iso-east-1", true), ("", false),
            ("US-WEST-2", false), ("us-west-2\nx=1", false), ("west", false), ("us west 2", false), ("us-west-", false),
        ])
    func regions(text: String, isOne: Bool) {
        #expect(((try? AWSRegion(text)) != nil) == isOne)
    }

    @Test(
        "A config service is asked by https, or by http on this machine",
        arguments: [
            ("https://x.example.com", "https://x.example.com/?extended=1"),
            ("https://x.example.com/aws/", "https://x.example.com/aws/?extended=1"),
            ("http://127.0.0.1:80?a=b", "http://127.0.0.1:80/?a=b&extended=1"), ("http://x.example.com", nil),
            ("https://a@x.example.com", nil), ("https://x.example.com/#a", nil), ("https://x.example.com/\n", nil),
            ("x", nil),
        ])
    func addresses(text: String, request: String?) {
        #expect((try? ConfigServiceAddress(text))?.request == request)
    }
}
