/// What is to change in the config file for a person's roles: computed from values, so that it can be shown before it is done.
package struct ProfilePlan: Sendable {
    /// A profile that is left as it is, though a role was to get its name.
    package struct Skipped: Sendable, Hashable {
        /// Its name.
        package let name: String
        /// Why.
        package let reason: String
        /// Whether it is of our making, for another issuer.
        package var isOfOtherIssuer = false
    }

    /// How far the plan may go.
    package struct Manner: Sendable, Hashable {
        /// Whether profiles of others are taken over, and ours of another issuer.
        package var forces = false
        /// Whether profiles of ours are removed whose role is gone.
        package var prunes = false

        /// As careful as can be.
        package init() {}
    }

    /// What changes, in the order of the file; new profiles last.
    package let diff: ConfigDiff
    /// The file as it will be.
    package let result: ConfigDocument
    /// What is left as it is.
    package let skipped: [Skipped]
    /// The profiles of ours whose role is gone, whether or not they are removed.
    package let prunable: [String]
    /// The profiles of ours of whose role nobody said anything.
    package let unknown: [String]
    /// Profiles of ours that are to be for a role of another account than before, a sentence each.
    package let moved: [String]
    /// Settings that go before the command in profiles that are written, a sentence each.
    package let warnings: [String]

    /// The plan that gives these roles their profiles.
    ///
    /// In a profile that is there, `output`, `credential_process` and `region` are set and the rest stays; a command that
    /// asks for the same role in other words stays as well. A role of another partition than the region's gets a region of
    /// its own partition.
    ///
    /// - Parameter standing: how the role of a profile of ours stands that is not among the wanted ones.
    /// - Throws: where the file can't be edited.
    package init(
        _ wanted: [NamedRole], region: AWSRegion, issuer: Issuer, in document: ConfigDocument,
        manner: Manner = Manner(), standing: (RoleARN) -> GrantedRoles.Standing = { _ in .there }
    ) throws(ConfigEditError) {
        let present = document.profiles
        let places = Dictionary(present.indices.map { (present[$0].name, $0) }) { first, _ in first }
        let output = try ConfigAssignment("output", "json")
        let regionSetting = try ConfigAssignment("region", region.text)
        let home = Partition(region: region.text)
        var edits: [ConfigEdit] = []
        var changes: [ConfigDiff.Change] = []
        var skipped: [Skipped] = []
        var moved: [String] = []
        var warnings: [String] = []
        var reader = CredentialProcessReader()
        for wanted in wanted {
            let partition = wanted.role.role.partition
            let settings = [
                output, try ConfigAssignment("credential_process", wanted.role.command),
                partition == home ? regionSetting : try ConfigAssignment("region", partition.defaultRegion),
            ]
            guard let profile = places[wanted.name].map({ present[$0] }) else {
                edits.append(.set(profile: wanted.name, settings: settings))
                changes.append(ConfigDiff.Change(adding: wanted.name, settings))
                continue
            }
            let process = Self.process(profile, &reader)
            if !manner.forces, let foreign = Self.foreign(profile, process, wanted.role) {
                skipped.append(foreign)
                continue
            }
            if let key = Self.rivals.first(where: { profile.value($0) != nil }) {
                warnings.append(
                    "in profile \(wanted.name) the setting \(key) goes before credential_process; remove it, or the role is not used."
                )
            }
            let missing = settings.filter { setting in
                if setting.key == "credential_process", process?.asksFor(wanted.role) == true { return false }
                return profile.setting(setting.key)?.value != setting.value
            }
            if missing.isEmpty { continue }
            let before = process?.roleARN.flatMap { try? RoleARN($0) }
            if let before, before.accountID != wanted.role.role.accountID {
                moved.append(
                    "profile \(wanted.name) is for \(wanted.role.role.text) now, in another account than \(before.text) before."
                )
            }
            edits.append(.set(profile: wanted.name, settings: missing))
            changes.append(ConfigDiff.Change(changing: profile, missing))
        }
        let names = Set(wanted.map(\.name))
        var prunable: [ConfigProfile] = []
        var unknown: [String] = []
        for profile in present where !names.contains(profile.name) {
            guard let process = Self.process(profile, &reader), process.namesOwnProgram, !process.isWrapped,
                process.issuerURL == issuer.text, let role = process.roleARN.flatMap({ try? RoleARN($0) })
            else { continue }
            switch standing(role) {
            case .there: continue
            case .gone: prunable.append(profile)
            case .unknown: unknown.append(profile.name)
            }
        }
        if manner.prunes {
            edits += prunable.map { .remove(profile: $0.name) }
            changes += prunable.map { ConfigDiff.Change(removing: $0) }
        }
        result = edits.isEmpty ? document : try document.applying(edits)
        diff = ConfigDiff(changes)
        (self.skipped, self.moved, self.warnings) = (skipped, moved, warnings)
        self.prunable = prunable.map(\.name)
        self.unknown = unknown
    }

    /// The text of a config file that has these profiles and nothing else.
    package static func text(_ profiles: [NamedRole], region: AWSRegion, issuer: Issuer) throws(ConfigEditError)
        -> String
    {
        let plan = try ProfilePlan(profiles, region: region, issuer: issuer, in: .empty)
        return String(decoding: plan.result.bytes, as: UTF8.self)
    }

    /// What the SDKs look at before they look at a profile's `credential_process`.
    private static let rivals = ["aws_access_key_id", "role_arn", "sso_session", "sso_account_id"]

    private static func process(_ profile: ConfigProfile, _ reader: inout CredentialProcessReader) -> CredentialProcess?
    {
        profile.value("credential_process").flatMap { (try? reader.read($0))?.process }
    }

    /// Why a profile is not one of ours that may be made one for that role; nil where it is.
    private static func foreign(_ profile: ConfigProfile, _ process: CredentialProcess?, _ role: GrantedRole)
        -> Skipped?
    {
        let place = "a profile of that name in line \(profile.line)"
        if let process, process.namesOwnProgram {
            if let other = process.issuer(besides: role.issuer) {
                return Skipped(
                    name: profile.name, reason: "\(place) is for another issuer, \(other.text)", isOfOtherIssuer: true)
            }
            if process.isOfOurMaking || process.asksFor(role) { return nil }
            return Skipped(
                name: profile.name, reason: "\(place) has a credential_process with words of yours, for another role")
        }
        let isCommand = profile.value("credential_process") != nil
        let what = isCommand ? "has the credential_process of another program" : "was not made by aws-oidc"
        return Skipped(name: profile.name, reason: "\(place) \(what)")
    }
}

extension CredentialProcess {
    /// Whether it asks for this role, in whatever words.
    fileprivate func asksFor(_ role: GrantedRole) -> Bool {
        issuerURL == role.issuer.text && clientID == role.clientID.text && roleARN == role.role.text
    }

    /// The issuer that it names, where that is another one; nil also where nobody can read which it is.
    fileprivate func issuer(besides issuer: Issuer) -> Issuer? {
        guard let issuerURL, issuerURL != issuer.text, !isExpandedByShell, let other = try? Issuer(issuerURL) else {
            return nil
        }
        // A slash at the end makes no other issuer of it.
        return other.discoveryAddress == issuer.discoveryAddress ? nil : other
    }
}
