/// All that a config service says of one person.
package struct GrantedRoles: Sendable, Hashable {
    /// A role that the person may be allowed to take.
    package struct Conditional: Sendable, Hashable {
        /// The role.
        package let role: GrantedRole
        /// What its trust policy asks for that can't be judged from outside.
        package let reason: String

        /// A conditional role.
        package init(_ role: GrantedRole, reason: String) {
            self.role = role
            self.reason = reason
        }
    }

    /// The roles that the person may take.
    package let roles: [GrantedRole]
    /// The roles of which that is not certain.
    package let conditional: [Conditional]
    /// The accounts of which the service's knowledge is old.
    package let stale: [RoleMap.Stale]
    /// What was sent and can't be used, a sentence each.
    package let refused: [String]
    /// The ARNs of roles that were sent and can't be used, as they were sent.
    package let refusedRoles: Set<String>

    /// What a service says.
    package init(
        roles: [GrantedRole], conditional: [Conditional] = [], stale: [RoleMap.Stale] = [], refused: [String] = [],
        refusedRoles: Set<String> = []
    ) {
        self.roles = roles
        self.conditional = conditional
        self.stale = stale
        self.refused = refused
        self.refusedRoles = refusedRoles
    }

    /// What a service's answer means for a role that a profile has.
    package enum Standing: Sendable, Hashable {
        /// It is there, or may be: also what is conditional or can't be used, and whatever an account has that could not
        /// be read.
        case there
        /// The service speaks for its account, and does not name it.
        case gone
        /// It is in an account of which the service says nothing: another service may have granted it.
        case unknown
    }

    /// The accounts that the service speaks for.
    package var accounts: Set<String> {
        Set(roles.map(\.account.id)).union(conditional.map(\.role.account.id))
    }

    /// Tells how a role stands; prepared for many questions.
    ///
    /// - Parameter earlier: accounts that the same service spoke for before: one that it no longer names is lost.
    package func standing(earlier: Set<String> = []) -> (RoleARN) -> Standing {
        let named = Set(roles.map(\.role)).union(conditional.map(\.role.role))
        let unread = Set(stale.map(\.accountID))
        let accounts = accounts.union(earlier)
        return { role in
            if named.contains(role) || unread.contains(role.accountID) || refusedRoles.contains(role.text) {
                return .there
            }
            return accounts.contains(role.accountID) ? .gone : .unknown
        }
    }
}
