import Domain
import Ports

/// What is to be written, all questions answered.
struct ConfigureAnswers: Sendable {
    let region: AWSRegion
    let profiles: [NamedRole]
    /// What to remember of the answers.
    let remembered: RememberedConfiguration
    /// What is not as it may have been meant, a sentence each.
    var warnings: [String] = []
}

/// The questions, in their order: the region, then automatically or one by one, then which role is the default one.
struct ConfigureQuestions {
    let request: ConfigureRequest
    let granted: GrantedRoles
    let client: ClientID
    let remembered: RememberedConfiguration
    let prompter: any Prompter

    private static let noDefault = "(none)"

    /// Asks what the request leaves open.
    func callAsFunction() throws(ConfigureProblem) -> ConfigureAnswers {
        let names = try selected(ProfileNames(granted.roles, template: request.template, preferred: client))
        let region = try region()
        var memory = RememberedConfiguration()
        memory.region = region.text
        // Those that the service spoke for before stay known: of one that it no longer names the roles are gone.
        memory.knownAccounts = remembered.knownAccounts.union(granted.accounts)
        if !request.hasSelection, try !isAutomatic() {
            return ConfigureAnswers(region: region, profiles: try oneByOne(names), remembered: memory)
        }
        let defaultRole = request.hasSelection ? request.defaultRole : try defaultRole(among: names.ordered)
        let (profiles, clashes) = names.automatic(defaultRole: defaultRole)
        // Names that nobody chose cost those that they can't tell apart, and no others.
        guard clashes.isEmpty || (request.template == nil && !profiles.isEmpty) else { throw .clashes(clashes) }
        memory.isAutomatic = true
        let slip = defaultRole.flatMap { ProfileSentences.lack(of: $0, names.ordered) }
        // A name with a slip in it is not worth to be remembered.
        memory.defaultRole = slip == nil ? defaultRole : remembered.defaultRole
        memory.template = request.template?.text
        (memory.accounts, memory.roles) = (request.accounts, request.roles)
        return ConfigureAnswers(
            region: region, profiles: profiles, remembered: memory,
            warnings: (slip.map { [$0] } ?? [])
                + ProfileSentences.told(
                    clashes, remedy: "give --profile-template, as '{id}-{role}', and they get one each."))
    }

    /// The roles that the filters let through.
    private func selected(_ all: ProfileNames) throws(ConfigureProblem) -> ProfileNames {
        var names = all
        if !request.accounts.isEmpty {
            let wanted = Set(request.accounts.map { $0.lowercased() })
            names = names.only { role in
                let account = role.account
                return [
                    account.id, account.name.lowercased(), account.alias.lowercased(), ProfileNames.name(of: account),
                    all.name(of: role),
                ]
                .contains(where: wanted.contains)
            }
            guard !names.ordered.isEmpty else {
                throw nothing("you have no role in \(request.accounts.joined(separator: ", "))")
            }
        }
        if !request.roles.isEmpty {
            names = names.only { request.roles.contains($0.role.roleName) }
            guard !names.ordered.isEmpty else {
                throw nothing("you have no role named \(request.roles.joined(separator: " or ")) there")
            }
        }
        return names
    }

    private func nothing(_ sentence: String) -> ConfigureProblem {
        let before = request.asBefore.map { " (\($0))" } ?? ""
        return .nothingSelected(
            reason: "\(PrintableText.line(sentence))\(before). \(ProfileSentences.known(granted.roles))")
    }

    private func region() throws(ConfigureProblem) -> AWSRegion {
        if let region = request.region { return region }
        let suggested = remembered.region.flatMap { try? AWSRegion($0) } ?? .usual
        let text = try asking { () throws(PromptError) in
            try prompter.ask("Default AWS region", suggesting: suggested.text) { text in
                do throws(InvalidAWSRegion) {
                    _ = try AWSRegion(text)
                    return nil
                } catch {
                    return "\(error)"
                }
            }
        }
        return (try? AWSRegion(text)) ?? suggested
    }

    private func isAutomatic() throws(ConfigureProblem) -> Bool {
        let ways = ["Automatically: a profile for every role (recommended)", "One profile at a time"]
        return try asking { () throws(PromptError) in
            try prompter.select("How are the profiles to be made?", from: ways, initially: 0)
        } == 0
    }

    private func defaultRole(among roles: [GrantedRole]) throws(ConfigureProblem) -> String? {
        let names = Set(roles.map(\.role.roleName)).sorted() + [Self.noDefault]
        let before = remembered.defaultRole ?? (remembered.isAutomatic ? Self.noDefault : names[0])
        let chosen = try asking { () throws(PromptError) in
            try prompter.select(
                "Which role is the default one?", from: names,
                initially: names.firstIndex(of: before) ?? 0)
        }
        return names[chosen] == Self.noDefault ? nil : names[chosen]
    }

    private func oneByOne(_ names: ProfileNames) throws(ConfigureProblem) -> [NamedRole] {
        let roles = names.ordered
        let accounts = roles.map(\.account.id).reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
        let byAccount = Dictionary(grouping: roles, by: \.account.id)
        let options = accounts.map { id in byAccount[id]?.first.map { "\(names.name(of: $0)) (\(id))" } ?? id }
        var profiles: [NamedRole] = []
        repeat {
            let account = try asking { () throws(PromptError) in
                try prompter.select("Which AWS account is the profile for?", from: options, initially: 0)
            }
            let own = byAccount[accounts[account]] ?? []
            let role = try asking { () throws(PromptError) in
                try prompter.select("Which role does it take?", from: own.map(\.role.roleName), initially: 0)
            }
            let taken = profiles
            let name = try asking { () throws(PromptError) in
                try prompter.ask("What is the profile called?", suggesting: names.name(of: own[role])) { text in
                    if taken.contains(where: { $0.name == text }) { return "there is one of that name already" }
                    return ProfileNames.isName(text) ? nil : "a profile's name has letters, digits, _ and - only"
                }
            }
            profiles.append(NamedRole(name, own[role]))
        } while try asking { () throws(PromptError) in try prompter.confirm("Another profile?", suggesting: true) }
        return profiles
    }

    private func asking<Value>(_ question: () throws(PromptError) -> Value) throws(ConfigureProblem) -> Value {
        do {
            return try question()
        } catch {
            throw ConfigureProblem(error)
        }
    }
}
