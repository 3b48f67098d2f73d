package import Domain

/// Which accounts there are, and the way into each.
package protocol AccountDirectory: Sendable {
    /// Hands over the active accounts of the organization that this role may list, without aliases, page by page.
    ///
    /// What was handed over before an error counts.
    func list(through role: RoleARN, _ take: @Sendable ([Account]) -> Void) async throws(AccountProblem)

    /// Enters an account as that role.
    func enter(as reader: RoleARN) async throws(AccountProblem) -> any AccountReader
}

/// An account that was entered.
package protocol AccountReader: Sendable {
    /// The account's alias.
    func alias() async throws(AccountProblem) -> AccountAlias

    /// All its roles.
    func roles() async throws(AccountProblem) -> RoleListing

    /// Whether a role has a tag of that name; nil where the role has gone meanwhile.
    func hasTag(_ name: String, _ role: RoleARN) async throws(AccountProblem) -> Bool?

    /// The clients that are registered at the account's provider of that ARN.
    func clients(ofProvider arn: String) async throws(AccountProblem) -> RegisteredClients
}

/// The roles of an account.
package struct RoleListing: Sendable {
    /// A role and its trust policy.
    package struct Role: Sendable {
        /// The role.
        package let arn: RoleARN
        /// Its trust policy.
        package let policy: TrustPolicy

        /// A role.
        package init(arn: RoleARN, policy: TrustPolicy) {
            self.arn = arn
            self.policy = policy
        }
    }

    /// A role that can't be read.
    package struct Unreadable: Sendable, Hashable {
        /// What it calls itself.
        package let name: String
        /// What is wrong with it.
        package let reason: String

        /// A role that can't be read.
        package init(name: String, reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    /// Those that can be read.
    package let roles: [Role]
    /// Those that can't.
    package let unreadable: [Unreadable]

    /// A listing.
    package init(roles: [Role], unreadable: [Unreadable] = []) {
        self.roles = roles
        self.unreadable = unreadable
    }
}

/// What is known of an account's alias.
package enum AccountAlias: Sendable, Hashable {
    /// This; empty where it has none.
    case known(String)
    /// Nobody may know, and why.
    case unknown(reason: String)
}

/// What is known of the clients of an account's provider.
package enum RegisteredClients: Sendable, Hashable {
    /// These.
    case registered(Set<String>)
    /// The account has no such provider.
    case noProvider
    /// Nobody may know, and why.
    case unknown(reason: String)
}

/// Why an account or an organization can't be read.
package struct AccountProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What happened, in one line.
    package let reason: String

    /// A problem.
    package init(_ reason: String) { self.reason = reason }

    package var description: String { reason }
}
