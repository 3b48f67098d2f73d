package import Domain

/// A person's AWS config file, as text.
extension ConfigAnswer {
    private static let remedy = "aws-oidc configure with --profile-template, as '{id}-{role}', gives them one each."

    /// The AWS config file that `configure --print-only` would write of the roles, with a comment for each that gets no
    /// profile.
    package func configText(region: AWSRegion, defaultRole: String?, issuer: Issuer) throws(NoConfigText) -> String {
        let (granted, refused) = granted(issuer)
        guard !granted.isEmpty else {
            throw .noRoles(conditional: roles.conditional.count, refused: refused.count)
        }
        let (profiles, clashes) = ProfileNames(granted).automatic(defaultRole: defaultRole)
        guard !profiles.isEmpty else { throw .clashes(ProfileSentences.told(clashes, remedy: Self.remedy)) }
        let comments =
            refused.map { "a role gets no profile: \($0)" } + ProfileSentences.told(clashes, remedy: Self.remedy)
        do {
            return comments.map(Self.comment).joined()
                + (try ProfilePlan.text(profiles, region: region, issuer: issuer))
        } catch {
            throw .unwritable(error)
        }
    }

    /// A comment that says that the person has no role of that name.
    package func lackComment(of defaultRole: String, issuer: Issuer) -> String {
        // No role's name is longer.
        let name = defaultRole.count > 64 ? defaultRole.prefix(64) + "…" : defaultRole
        return ProfileSentences.lack(of: name, granted(issuer).roles).map(Self.comment) ?? ""
    }

    private static func comment(_ sentence: String) -> String { "# \(PrintableText.line(sentence))\n" }

    /// The roles that can be written into a profile, and a sentence for each that can't.
    private func granted(_ issuer: Issuer) -> (roles: [GrantedRole], refused: [String]) {
        var granted: [GrantedRole] = []
        var refused: [String] = []
        for entry in roles.profiles {
            do throws(InvalidGrantedRole) {
                granted.append(
                    try GrantedRole(
                        account: entry.account, role: entry.role, clientID: entry.clientID, issuer: issuer))
            } catch {
                refused.append("\(error)")
            }
        }
        return (granted, refused)
    }
}

/// Why there is no config file for a person.
package enum NoConfigText: Error, Sendable {
    /// There is no role that could be in it.
    case noRoles(conditional: Int, refused: Int)
    /// All profiles would share their names; a sentence for each name.
    case clashes([String])
    /// The text can't be made.
    case unwritable(ConfigEditError)
}

extension NoConfigText: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noRoles(let conditional, let refused):
            "the config service grants you no role\(ProfileSentences.others(conditional: conditional, refused: refused)). "
                + "Ask your AWS administrator for access."
        case .clashes(let sentences): sentences.joined(separator: "\n")
        case .unwritable(let error): "\(error)"
        }
    }
}
