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

    /// What a service says.
    package init(
        roles: [GrantedRole], conditional: [Conditional] = [], stale: [RoleMap.Stale] = [], refused: [String] = []
    ) {
        self.roles = roles
        self.conditional = conditional
        self.stale = stale
        self.refused = refused
    }

    /// Tells of a role whether it is gone, as far as the service knows; prepared for many questions.
    package var gone: (RoleARN) -> Bool {
        let known = Set(roles.map(\.role)).union(conditional.map(\.role.role))
        let unknown = Set(stale.map(\.accountID))
        return { !known.contains($0) && !unknown.contains($0.accountID) }
    }
}
