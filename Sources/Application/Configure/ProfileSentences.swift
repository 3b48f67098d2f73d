import Domain

/// What is said of roles that get no profile, or not the one that was asked for.
enum ProfileSentences {
    /// What it means that nobody grants the default role; nil where somebody does.
    ///
    /// People who share a script with its flags have not all got the same roles.
    static func lack(of defaultRole: String, _ roles: [GrantedRole]) -> String? {
        if roles.contains(where: { $0.role.roleName == defaultRole }) { return nil }
        return "none of these roles is named \(PrintableText.line(defaultRole)), so no profile gets the plain name of "
            + "its account. \(known(roles))"
    }

    /// What else there is where no role can be taken, in brackets; empty where nothing is.
    static func others(conditional: Int, refused: Int) -> String {
        let parts =
            (conditional > 0 ? ["\(conditional) may be yours, which can't be judged from outside"] : [])
            + (refused > 0 ? ["\(refused) can't be used"] : [])
        return parts.isEmpty ? "" : " (\(parts.joined(separator: "; ")))"
    }

    /// What is said of roles that get no profile since others would have the same name, a sentence a name.
    static func told(_ clashes: [NamedRole], remedy: String) -> [String] {
        Dictionary(grouping: clashes, by: \.name).sorted { $0.key < $1.key }.map { name, roles in
            "no profile is named \(name), which \(roles.map(\.role.role.text).joined(separator: " and ")) would be: "
                + remedy
        }
    }

    /// What roles there are to choose from, a few of them.
    static func known(_ roles: [GrantedRole]) -> String {
        let names = Set(roles.map(\.role.roleName)).sorted()
        let accounts = Set(roles.map { ProfileNames.name(of: $0.account) }).sorted()
        func few(_ names: [String]) -> String {
            names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
        }
        return "Your roles are \(few(names)), your accounts \(few(accounts))."
    }
}
