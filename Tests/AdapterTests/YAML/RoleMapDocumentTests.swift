import Domain
import Ports
import RoleMapYAML
import Testing

@Suite("The role map as YAML")
struct RoleMapDocumentTests {
    private static func entry(
        _ id: String = "111111111111", role: String = "role/dev", client: String = "app", name: String = "",
        alias: String = ""
    ) throws -> RoleMap.Entry {
        RoleMap.Entry(
            account: try #require(Account(id: id, name: name, alias: alias)),
            role: try RoleARN("arn:aws:iam::\(id):\(role)"), clientID: try ClientID(client))
    }

    @Test("What the Go tool wrote is read")
    func goToolsList() throws {
        let map = try RoleMapDocument.parse(
            """
            - aws_account_id: "123456789012"
              aws_account_alias: my-alias
              aws_role_arn: arn:aws:iam::123456789012:role/poweruser
              okta_client_id: 0oa1
            - aws_account_id: "123456789013"
              aws_account_alias: ""
              aws_role_arn: arn:aws:iam::123456789013:role/team/readonly
              okta_client_id: 0oa2

            """, place: "rolemap.yaml")
        #expect(map.entries.map(\.account.alias) == ["my-alias", ""])
        #expect(map.entries.map(\.role.roleName) == ["poweruser", "readonly"])
        #expect(map.conditional.isEmpty && map.stale.isEmpty)
    }

    @Test("A map comes back as it was written, whatever its names are")
    func roundTrip() throws {
        let names = ["R &a \"B\": - *a", "yes", "null", "0123", "Ünïcode ✓ 🙂", "\\n # no comment", "'single'", "---"]
        let entries = try names.enumerated().map { number, name in
            try Self.entry("11111111111\(number)", role: "role/*&x/\(number)", name: name, alias: "a-\(number)")
        }
        let map = RoleMap(
            entries: entries,
            conditional: [RoleMap.Conditional(try Self.entry(client: "other"), reason: "sub is asked: \"x\"")],
            stale: [
                RoleMap.Stale(accountID: "222222222222", reason: "AccessDenied", lastRead: Timestamp(seconds: 5)),
                RoleMap.Stale(accountID: "333333333333", reason: "never", lastRead: nil),
            ])
        let text = RoleMapDocument.text(map)
        #expect(try RoleMapDocument.parse(text, place: "x") == map)
        #expect(RoleMapDocument.text(try RoleMapDocument.parse(text, place: "x")) == text)
    }

    @Test("When a map was found stands beside it, where the Go tool does not look, and is no part of what it says")
    func moment() throws {
        let entries = [try Self.entry()]
        let (one, other) = (Timestamp(seconds: 5), Timestamp(seconds: 6))
        let text = RoleMapDocument.text(RoleMap(entries: entries, scannedAt: one))
        #expect(text.hasSuffix("---\nscanned_at: \"1970-01-01T00:00:05Z\"\n"))
        #expect(try RoleMapDocument.parse(text, place: "x").scannedAt == one)
        #expect(RoleMap(entries: entries, scannedAt: one) == RoleMap(entries: entries, scannedAt: other))
        let without = RoleMapDocument.text(RoleMap(entries: entries))
        #expect(text.hasPrefix(without + "---\n"))
        #expect(try RoleMapDocument.parse(without, place: "x").scannedAt == nil)
    }

    @Test("For which issuer a map was made stands where the Go tool does not look, and comes back")
    func issuer() throws {
        let map = RoleMap(entries: [try Self.entry()], issuer: try Issuer("https://idp.example.com/a&b/*/"))
        let text = RoleMapDocument.text(map)
        #expect(text.hasPrefix(RoleMapDocument.text(RoleMap(entries: map.entries)) + "---\nissuer_url: "))
        #expect(try RoleMapDocument.parse(text, place: "x") == map)
    }

    @Test("A map of nothing is an empty list, and comes back")
    func emptyMap() throws {
        #expect(RoleMapDocument.text(RoleMap(entries: [])) == "[]\n")
        #expect(try RoleMapDocument.parse("[]\n", place: "x") == RoleMap(entries: []))
    }

    @Test(
        "What is no role map is refused with its place",
        arguments: [
            ("", "empty"),
            ("hello", "no list"),
            ("- hello", "no mapping"),
            ("- aws_account_id: [1]", "no text"),
            ("- aws_account_id: \"12\"\n  aws_role_arn: x\n  okta_client_id: y", "12 digits"),
            (role("arn:aws:iam::123456789012:role/a b"), "a role's name"),
            (role("arn:aws:iam::123456789013:role/a"), "not in the account"),
            (role("arn:aws:iam::123456789012:user/a"), "form"),
            (role("arn:aws:iam::123456789012:role/a", client: "x'\\ncredential_process = evil"), "client id"),
            ("[]\n---\nconditional: 5", "conditional is no list"),
            ("[]\n---\n- 5", "no mapping"),
            ("[]\n---\nstale: [{aws_account_id: \"123456789012\", last_read: yesterday}]", "no time"),
            ("[]\n---\nscanned_at: today", "no time"),
            ("[]\n---\nissuer_url: \"http://example.com\"", "is no issuer"),
            ("[]\n---\n{}\n---\n[]", "more than two"),
            ("{", "YAML"),
            ("a: &a [x, x]\nb: *a", "aliases"),
            ("- &a {? *a : x}", "aliases"),
        ])
    func refused(text: String, what: String) throws {
        do throws(RoleMapStoreError) {
            _ = try RoleMapDocument.parse(text, place: "the place")
            Issue.record("\(text) was taken")
        } catch {
            #expect("\(error)".contains(what))
            #expect("\(error)".contains("the place"))
        }
    }

    @Test("Brackets without end are refused, and crash nothing", arguments: ["[", "- ", "{a: ", "? "])
    func deepNesting(opening: String) async throws {
        let text = String(repeating: opening, count: 200_000)
        // As it runs in the service: on a thread with a small stack.
        let isRefused = await Task.detached { (try? RoleMapDocument.parse(text, place: "x")) == nil }.value
        #expect(isRefused)
    }

    @Test("A map of many roles is written and read")
    func large() throws {
        let entries = try (0..<5_000).map { number in
            try Self.entry("\(100_000_000_000 + number / 50)", role: "role/r\(number % 50)", client: "c\(number % 7)")
        }
        let map = RoleMap(entries: entries)
        #expect(try RoleMapDocument.parse(RoleMapDocument.text(map), place: "x") == map)
    }

    private static func role(_ arn: String, client: String = "y") -> String {
        "- {aws_account_id: \"123456789012\", aws_role_arn: \"\(arn)\", okta_client_id: \"\(client)\"}"
    }
}
