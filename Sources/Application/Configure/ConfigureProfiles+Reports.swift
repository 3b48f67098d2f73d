import Domain
import Ports

/// What is said besides, on standard error: a few lines of each kind.
extension ConfigureProfiles {
    private static let few = 5

    func warn(_ sentences: [String], _ more: String) {
        for sentence in sentences.prefix(Self.few) { notices.warn(sentence) }
        if sentences.count > Self.few { notices.warn("and \(sentences.count - Self.few) more \(more).") }
    }

    /// What the service says.
    func report(_ granted: GrantedRoles) {
        warn(granted.refused.map { "the config service sent a role that can't be used: \($0)." }, "like that")
        warn(
            granted.conditional.map {
                "the role \($0.role.role.text) may be yours, but gets no profile: \(PrintableText.line($0.reason))"
            }, "roles that may be yours")
        warn(
            granted.stale.map { account in
                let read = account.lastRead.map { "since \($0.rfc3339)" } ?? "so far"
                let reason = account.reason.isEmpty ? "" : ": \(PrintableText.line(account.reason))"
                return "account \(account.accountID) could not be read \(read), its roles may be others by now\(reason)"
            }, "accounts that could not be read")
    }

    /// What is left as it is.
    func report(_ plan: ProfilePlan, _ request: ConfigureRequest) {
        warn(
            plan.skipped.map { skipped in
                let remedy =
                    skipped.isOfOtherIssuer
                    ? "If that has become \(key.issuer.text), --force takes it over; else give --profile-template another name."
                    : "--force takes it over."
                return "\(skipped.name) is left as it is: \(skipped.reason). \(remedy)"
            }, "profiles are left as they are, their names taken")
        warn(plan.moved, "profiles of which the account has changed")
        warn(plan.warnings, "profiles in which a setting goes before credential_process")
        if !request.manner.prunes, !plan.prunable.isEmpty {
            notices.warn("the roles of these profiles are gone: \(Self.names(plan.prunable)). --prune removes them.")
        }
        if request.manner.prunes, !plan.unknown.isEmpty {
            notices.warn(
                "\(address.host) does not know the accounts of these profiles, so they stay: \(Self.names(plan.unknown))."
            )
        }
    }

    private static func names(_ profiles: [String]) -> String {
        let names = profiles.prefix(few).map(PrintableText.line).joined(separator: ", ")
        return profiles.count > few ? "\(names) and \(profiles.count - few) more" : names
    }

    /// Says which of the profiles would not be used.
    func report(_ profiles: [NamedRole]) {
        let keys = file.profilesWithStaticKeys()
        let names = profiles.map(\.name).filter(keys.contains)
        guard let first = names.first else { return }
        let others = names.count > 1 ? " (and \(names.count - 1) more)" : ""
        notices.warn(
            "the credentials file has access keys for \(first)\(others), which go before the role: remove them there.")
    }
}
