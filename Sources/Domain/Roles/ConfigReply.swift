/// What of a role map is one person's: the answer of the config service.
package struct ConfigReply: Sendable, Hashable {
    /// The roles that the person's clients may take, in the map's order.
    package let profiles: [RoleMap.Entry]
    /// Those of which nobody can tell from outside.
    package let conditional: [RoleMap.Conditional]
    /// The accounts of which older news is told: those in which the person has a role, and those of which nobody knows.
    package let stale: [RoleMap.Stale]

    /// An answer of these.
    package init(profiles: [RoleMap.Entry], conditional: [RoleMap.Conditional], stale: [RoleMap.Stale]) {
        self.profiles = profiles
        self.conditional = conditional
        self.stale = stale
    }
}

extension ConfigReply {
    /// The answer as JSON; extended it also holds what a client that only writes profiles has no use for.
    ///
    /// Names and order of the members are those that the clients out there were made with.
    package func json(issuer: Issuer, isExtended: Bool) -> [UInt8] {
        var text = JSONBytes()
        text.reserve(64 + 400 * (profiles.count + (isExtended ? conditional.count : 0)))
        text.plain("{\"profiles\":")
        text.list(profiles) { text, entry in
            text.plain("{")
            Self.members(of: entry, issuer, &text)
            text.plain("}")
        }
        if isExtended {
            text.plain(",\"conditional\":")
            text.list(conditional) { text, role in
                text.plain("{")
                Self.members(of: role.entry, issuer, &text)
                text.plain(",\"reason\":")
                text.quoted(role.reason)
                text.plain("}")
            }
            text.plain(",\"stale\":")
            text.list(stale) { text, account in
                text.plain("{\"account_id\":")
                text.quoted(account.accountID)
                text.plain(",\"reason\":")
                // What AWS said is for those who run the service: it names roles and accounts of others.
                text.quoted(
                    account.lastRead == nil
                        ? "it has not been read yet" : "whoever runs the config service can see why")
                text.plain(",\"last_read\":")
                if let moment = account.lastRead { text.quoted(moment.rfc3339) } else { text.plain("null") }
                text.plain("}")
            }
        }
        text.plain("}")
        return text.bytes
    }

    private static func members(of entry: RoleMap.Entry, _ issuer: Issuer, _ text: inout JSONBytes) {
        text.plain("\"client_id\":")
        text.quoted(entry.clientID.text)
        text.plain(",\"aws_account\":{\"id\":")
        text.quoted(entry.account.id)
        text.plain(",\"name\":")
        text.quoted(entry.account.name)
        text.plain(",\"alias\":")
        text.quoted(entry.account.alias)
        text.plain("},\"role_arn\":")
        text.quoted(entry.role.text)
        text.plain(",\"issuer_url\":")
        text.quoted(issuer.text)
        text.plain(",\"role_name\":")
        text.quoted(entry.role.roleName)
    }
}
