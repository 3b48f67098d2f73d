/// A role and the profile that it gets.
package struct NamedRole: Sendable, Hashable {
    /// The profile's name.
    package let name: String
    /// The role.
    package let role: GrantedRole

    /// A profile of that name.
    package init(_ name: String, _ role: GrantedRole) {
        self.name = name
        self.role = role
    }
}

/// What profiles are called: the same roles give the same names, in whatever order they come.
package struct ProfileNames: Sendable {
    private let template: ProfileTemplate
    private let accountNames: [String: String]
    /// The roles in the order of their accounts' names, each once.
    package private(set) var ordered: [GrantedRole]

    /// The names of these roles' profiles.
    ///
    /// Accounts that share a name get their number behind it, each of them. Of one role that several clients may take,
    /// the profile is for the `preferred` client, else the first.
    package init(_ roles: [GrantedRole], template: ProfileTemplate? = nil, preferred: ClientID? = nil) {
        self.template = template ?? .usual
        var byRole: [RoleARN: GrantedRole] = [:]
        for role in roles {
            guard let other = byRole[role.role] else {
                byRole[role.role] = role
                continue
            }
            let rank = { (role: GrantedRole) in (role.clientID == preferred ? 0 : 1, role.clientID.text) }
            if rank(role) < rank(other) { byRole[role.role] = role }
        }
        // A service that calls an account by several names does not make its profiles depend on their order.
        let plain = Dictionary(byRole.values.map { ($0.account.id, Self.name(of: $0.account)) }, uniquingKeysWith: min)
        let bearers = Dictionary(plain.values.map { ($0, 1) }, uniquingKeysWith: +)
        let names = Dictionary(
            uniqueKeysWithValues: plain.map { id, name in (id, bearers[name] == 1 ? name : "\(name)-\(id)") })
        accountNames = names
        ordered = byRole.values.map { role in (role, names[role.account.id] ?? "") }.sorted {
            ($0.1, $0.0.account.id, $0.0.role.text) < ($1.1, $1.0.account.id, $1.0.role.text)
        }.map(\.0)
    }

    /// A profile for every role, and one with the plain name of its account for each role of that name.
    ///
    /// Where two would have one name, neither gets it: `clashes` has them.
    package func automatic(defaultRole: String?) -> (profiles: [NamedRole], clashes: [NamedRole]) {
        var all: [NamedRole] = []
        for role in ordered {
            let account = name(of: role)
            let own = NamedRole(template.name(account: account, role), role)
            all.append(own)
            if role.role.roleName == defaultRole, own.name != account { all.append(NamedRole(account, role)) }
        }
        var bearers: [String: Int] = [:]
        for profile in all { bearers[profile.name, default: 0] += 1 }
        return (all.filter { bearers[$0.name] == 1 }, all.filter { bearers[$0.name] != 1 })
    }

    /// Some of the roles; what they are called does not depend on which.
    package func only(_ isWanted: (GrantedRole) -> Bool) -> ProfileNames {
        var names = self
        names.ordered = ordered.filter(isWanted)
        return names
    }

    /// What a role's account is called among all of them.
    package func name(of role: GrantedRole) -> String { accountNames[role.account.id] ?? role.account.id }

    /// An account's alias, else its name, else its number: small letters, and `-` for what is no letter, digit or `_-`.
    package static func name(of account: Account) -> String {
        let text = account.alias.isEmpty ? account.name : account.alias
        guard !text.isEmpty else { return account.id }
        // Of a character's bytes beyond ASCII only the first counts.
        let bytes = text.utf8.lazy.filter { $0 & 0xC0 != 0x80 }
        return String(
            decoding: bytes.map { isPlain($0) ? ConfigByte.lowercased($0) : UInt8(ascii: "-") }, as: UTF8.self)
    }

    /// Whether a person may give a profile this name.
    package static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isPlain)
    }

    /// A role's name with `-` for what no profile's name has (`+=,@` may stand in a role's).
    static func fit(_ role: String) -> String {
        String(decoding: role.utf8.map { ConfigGrammar.isNameByte($0) ? $0 : UInt8(ascii: "-") }, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
