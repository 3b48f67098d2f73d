import Domain
import Testing

@Suite("What a config service's answer means for the roles of profiles")
struct GrantedRolesTests {
    @Test(
        "A role is gone where the service speaks for its account and does not name it; of other accounts nobody knows")
    func standing() throws {
        let refused = "arn:aws:iam::111111111111:role/$(id)/odd"
        let granted = GrantedRoles(
            roles: [try ProfileNamesTests.role("111111111111", "dev", "reader")],
            conditional: [.init(try ProfileNamesTests.role("222222222222", "prod", "maybe"), reason: "MFA")],
            stale: [RoleMap.Stale(accountID: "333333333333", reason: "denied", lastRead: nil)],
            refused: ["a sentence"], refusedRoles: [refused])
        let standing = granted.standing(earlier: ["444444444444", "333333333333"])
        for (account, role, expected): (String, String, GrantedRoles.Standing) in [
            ("111111111111", "reader", .there), ("111111111111", "writer", .gone), ("222222222222", "maybe", .there),
            ("222222222222", "reader", .gone), ("333333333333", "any", .there), ("444444444444", "any", .gone),
            ("555555555555", "any", .unknown), ("111111111111", "$(id)/odd", .there),
        ] {
            let role = try RoleARN("arn:aws:iam::\(account):role/\(role)")
            #expect(standing(role) == expected, "\(role.text)")
        }
        let role = try RoleARN("arn:aws:iam::444444444444:role/any")
        #expect(granted.standing()(role) == .unknown)
    }
}
