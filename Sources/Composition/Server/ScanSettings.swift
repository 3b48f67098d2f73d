package import Application
import Domain

/// What a scan of the organizations needs to be told, checked as a whole.
package struct ScanSettings: Sendable {
    /// What to scan.
    package let scan: ScanOrganizations.Settings
    /// How often a request to AWS is tried again; where AWS throttles, four times as often.
    package let retries: Int

    /// The flags, as they were written; nil for one that was not given.
    package struct Flags: Sendable {
        /// `--skip-accts`.
        package var skippedAccounts: String?
        /// `--aws-retries`.
        package var retries: Int?
        /// `--concurrency`.
        package var concurrency: Int?

        /// Flags as they are when nobody says anything.
        package init() {}
    }

    /// How often a request to AWS is tried again where nobody says.
    static let usualRetries = 5

    /// The settings that flags and environment make.
    ///
    /// - Throws: everything that is wrong, at once.
    package init(_ flags: Flags, variable: (String) -> String?) throws(InvalidServerSettings) {
        var problems: [String] = []
        func text(_ name: String, _ what: String) -> String? {
            guard let text = variable(name), !text.isEmpty else {
                problems.append("\(name) is not set: it names \(what)")
                return nil
            }
            return text
        }

        var issuer: Issuer?
        if let text = text("OKTA_ISSUER_URL", "the identity provider's issuer") {
            do { issuer = try Issuer(text) } catch { problems.append("OKTA_ISSUER_URL: \(error.reason)") }
        }
        var roles: [RoleARN] = []
        if let text = text("AWS_ORG_ROLE_ARNS", "a role for each organization, that lists its accounts") {
            let parts = Self.parts(text)
            if parts.isEmpty { problems.append("AWS_ORG_ROLE_ARNS names no role") }
            for part in parts {
                do {
                    roles.append(try RoleARN(part))
                } catch {
                    problems.append("AWS_ORG_ROLE_ARNS has \"\(PrintableText.line(part))\": \(error.reason)")
                }
            }
        }
        let reader = text("AWS_READER_ROLE_NAME", "the role in each account that reads its roles") ?? "x"
        if let invalid = Self.reason(reader) { problems.append("AWS_READER_ROLE_NAME: \(invalid)") }
        let skipped = Self.parts(flags.skippedAccounts ?? "")
        for id in skipped where Account(id: id, name: "", alias: "") == nil {
            problems.append("--skip-accts has \"\(PrintableText.line(id))\", which is no account of 12 digits")
        }
        let retries = flags.retries ?? Self.usualRetries
        if !(0...100).contains(retries) { problems.append("--aws-retries is a number from 0 to 100") }
        if !(1...256).contains(flags.concurrency ?? 1) { problems.append("--concurrency is a number from 1 to 256") }
        guard let issuer, problems.isEmpty else { throw InvalidServerSettings(problems: problems) }
        var scan = ScanOrganizations.Settings(
            issuer: issuer, organizationRoles: roles, readerRoleName: reader, skippedAccounts: Set(skipped))
        if let concurrency = flags.concurrency { scan.concurrency = concurrency }
        self.scan = scan
        self.retries = retries
    }

    /// Why no role of an account can have that name; nil where one can.
    private static func reason(_ readerRoleName: String) -> String? {
        if readerRoleName.hasPrefix("arn:") {
            return "it is an ARN, and each account has a role of its own: give the name, with its path if it has one"
        }
        do {
            _ = try RoleARN("arn:aws:iam::123456789012:role/\(readerRoleName)")
            return nil
        } catch {
            return error.reason
        }
    }

    private static func parts(_ text: String) -> [String] {
        text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    }
}

/// Settings of the server that are missing, or contradict each other.
package struct InvalidServerSettings: Error, Sendable, Hashable, CustomStringConvertible {
    /// Everything that is wrong.
    package let problems: [String]

    /// Settings with these problems.
    package init(problems: [String]) { self.problems = problems }

    package var description: String {
        problems.joined(separator: "; ") + "."
    }
}
