package import Domain

/// What a person wants of their config file, as the command line says it.
package struct ConfigureRequest: Sendable {
    /// What is done with the plan.
    package enum Mode: Sendable {
        /// It is carried out.
        case write
        /// The profiles are printed, and no file is looked at.
        case print
        /// It is shown.
        case dryRun
        /// Only whether there would be anything to do; nobody is asked anything, not even to sign in.
        case check
    }

    /// What is done with the plan.
    package var mode = Mode.write
    /// The region of the profiles; nil where it is to be asked for.
    package var region: AWSRegion?
    /// The role whose profile has the plain name of its account.
    package var defaultRole: String?
    /// Whether every role gets a profile.
    package var isForAll = false
    /// Only the roles of these accounts: by alias, name, number or profile name.
    package var accounts: [String] = []
    /// Only the roles of these names.
    package var roles: [String] = []
    /// How the profiles are named.
    package var template: ProfileTemplate?
    /// Whether the last question, to write or not, is answered with yes; and the others as the last time.
    package var isSure = false
    /// Which profiles it may touch.
    package var manner = ProfilePlan.Manner()

    /// A request that leaves all questions open.
    package init() {}

    /// The flags that it goes by though nobody gave them: as the last time.
    private(set) var earlierFlags: [String] = []
    /// Whether it is settled which roles get profiles, and which of them is the default one.
    private(set) var hasSelection = false

    /// Whether what was answered the last time is not asked again.
    var isUnattended: Bool { isSure || mode == .check || mode == .dryRun }

    /// Whether all that the tool before this one would have asked is answered, so that a script may run it.
    var answersAll: Bool { region != nil && hasSelection }

    /// The same, and whatever it does not say as it was the last time, each thing by itself.
    ///
    /// The region and the default role are asked for, if there is somebody to be asked; `--all` says which roles by itself.
    /// A region and a default role are all that the tool before this one takes: with nothing else they mean what they did
    /// there, every role and the usual names.
    ///
    /// - Throws: where what was remembered can't be used any more.
    func completed(with memory: RememberedConfiguration) throws(ConfigureProblem) -> ConfigureRequest {
        var request = self
        let narrows = !accounts.isEmpty || !roles.isEmpty
        let namesRoles = isForAll || defaultRole != nil || narrows
        let isAsEver = region != nil && defaultRole != nil && template == nil && !isForAll && !narrows
        request.hasSelection = namesRoles || (isUnattended && memory.isAutomatic)
        do {
            if isUnattended, region == nil, let text = memory.region { request.region = try AWSRegion(text) }
        } catch {
            throw .remembered(flag: "--default-region", "\(error)")
        }
        guard memory.isAutomatic, !isAsEver else { return request }
        do {
            if template == nil, let text = memory.template {
                request.template = try ProfileTemplate(text)
                request.earlierFlags.append("--profile-template '\(text)'")
            }
        } catch {
            throw .remembered(flag: "--profile-template", "\(error)")
        }
        if accounts.isEmpty, !isForAll {
            request.accounts = memory.accounts
            request.earlierFlags += memory.accounts.map { "--account '\($0)'" }
        }
        if roles.isEmpty, !isForAll {
            request.roles = memory.roles
            request.earlierFlags += memory.roles.map { "--role '\($0)'" }
        }
        if request.hasSelection, defaultRole == nil, let name = memory.defaultRole {
            request.defaultRole = name
            request.earlierFlags.append("--default-role-name '\(name)'")
        }
        return request
    }

    /// Says which flags it goes by though nobody gave them, and how not to; nil where there are none.
    var asBefore: String? {
        guard !earlierFlags.isEmpty else { return nil }
        let all = isForAll ? "" : "; --all forgets which accounts and roles"
        return "taking \(PrintableText.line(earlierFlags.joined(separator: " "))) as the last time\(all)"
    }

    /// The flags that would answer what is open.
    var openFlags: [String] {
        (region == nil ? ["--default-region"] : []) + (hasSelection ? [] : ["either --default-role-name or --all"])
    }
}

/// What came of it.
package enum ConfigureOutcome: Sendable {
    /// The text of the profiles.
    case printed(String)
    /// The file is as it should be.
    case upToDate(path: String, skipped: Int)
    /// What would be done.
    case pending(ConfigDiff, path: String)
    /// What was done, and where the old file is.
    case written(ConfigDiff, path: String, backup: String?)
}
