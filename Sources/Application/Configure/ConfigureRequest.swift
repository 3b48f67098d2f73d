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

    /// Whether it says which roles get profiles.
    var hasSelection: Bool { isForAll || defaultRole != nil || !accounts.isEmpty || !roles.isEmpty }

    /// Whether all that the tool before this one would have asked is answered, so that a script may run it.
    var answersAll: Bool { region != nil && hasSelection }

    /// The same with what was told the last time where it says nothing.
    ///
    /// - Throws: where what was remembered can't be used any more.
    func completed(with memory: RememberedConfiguration) throws(ConfigureProblem) -> ConfigureRequest {
        var request = self
        do {
            if region == nil {
                request.region = try memory.region.map { text throws(InvalidAWSRegion) in try AWSRegion(text) }
            }
        } catch {
            throw .remembered("\(error)")
        }
        guard !hasSelection, memory.isAutomatic else { return request }
        (request.isForAll, request.defaultRole) = (true, memory.defaultRole)
        (request.accounts, request.roles) = (memory.accounts, memory.roles)
        do {
            if template == nil {
                request.template = try memory.template.map { text throws(InvalidProfileTemplate) in
                    try ProfileTemplate(text)
                }
            }
        } catch {
            throw .remembered("\(error)")
        }
        return request
    }

    /// The flags that would answer what is open.
    var openFlags: [String] {
        (region == nil ? ["--default-region"] : []) + (hasSelection ? [] : ["--default-role-name or --all"])
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
