import Domain
import Ports

/// IAM of an account, over its Query protocol.
struct IAMAccount: AccountReader {
    let caller: SignedCaller

    private static let version = "2010-05-08"

    func alias() async throws(AccountProblem) -> AccountAlias {
        let action = "ListAccountAliases"
        do throws(SignedCallError) {
            let result = try await caller.query(.iam, action, version: Self.version)
            return .known(result.child("AccountAliases")?.children.first { $0.name == "member" }?.text ?? "")
        } catch {
            if error.isDenial { return .unknown(reason: "\(action): \(error)") }
            throw AccountProblem("\(action): \(error)")
        }
    }

    func roles() async throws(AccountProblem) -> RoleListing {
        var roles: [RoleListing.Role] = []
        var unreadable: [RoleListing.Unreadable] = []
        for element in try await pages("ListRoles", [PercentEncoding.Pair("MaxItems", "300")], list: "Roles") {
            let text = element.text(of: "Arn") ?? ""
            do {
                let arn = try RoleARN(text)
                let policy = try PolicyDecoding.policy(element.text(of: "AssumeRolePolicyDocument") ?? "")
                roles.append(RoleListing.Role(arn: arn, policy: policy))
            } catch let invalid as InvalidRoleARN {
                unreadable.append(RoleListing.Unreadable(name: PrintableText.line(text), reason: invalid.reason))
            } catch {
                unreadable.append(RoleListing.Unreadable(name: PrintableText.line(text), reason: "\(error)"))
            }
        }
        return RoleListing(roles: roles, unreadable: unreadable)
    }

    func hasTag(_ name: String, _ role: RoleARN) async throws(AccountProblem) -> Bool? {
        do throws(SignedCallError) {
            let tags = try await allPages(
                "ListRoleTags", [PercentEncoding.Pair("RoleName", role.roleName)], list: "Tags")
            return tags.contains { $0.text(of: "Key") == name }
        } catch {
            if error.code == "NoSuchEntity" { return nil }
            throw AccountProblem("ListRoleTags of \(role.text): \(error)")
        }
    }

    func clients(ofProvider arn: String) async throws(AccountProblem) -> RegisteredClients {
        do throws(SignedCallError) {
            let result = try await caller.query(
                .iam, "GetOpenIDConnectProvider", version: Self.version,
                [PercentEncoding.Pair("OpenIDConnectProviderArn", arn)])
            let clients = result.child("ClientIDList")?.children.filter { $0.name == "member" }.map(\.text) ?? []
            return .registered(Set(clients))
        } catch {
            if error.code == "NoSuchEntity" { return .noProvider }
            if error.isDenial { return .unknown(reason: "\(error)") }
            throw AccountProblem("GetOpenIDConnectProvider: \(error)")
        }
    }

    private func pages(_ action: String, _ parameters: [PercentEncoding.Pair], list: String)
        async throws(AccountProblem) -> [XMLElement]
    {
        do {
            return try await allPages(action, parameters, list: list)
        } catch {
            throw AccountProblem("\(action): \(error)")
        }
    }

    /// The members of a list, of all pages.
    private func allPages(_ action: String, _ parameters: [PercentEncoding.Pair], list: String)
        async throws(SignedCallError) -> [XMLElement]
    {
        var members: [XMLElement] = []
        var marker: String?
        for _ in 0..<10_000 {
            let result = try await caller.query(
                .iam, action, version: Self.version,
                parameters + (marker.map { [PercentEncoding.Pair("Marker", $0)] } ?? []))
            guard let found = result.child(list) else { throw .unintelligible("\(action) gives no \(list)") }
            members += found.children.filter { $0.name == "member" }
            guard result.text(of: "IsTruncated") == "true" else { return members }
            guard let next = result.text(of: "Marker"), !next.isEmpty, next != marker else { break }
            marker = next
        }
        throw .unintelligible("\(action) gives the same page again and again")
    }
}
