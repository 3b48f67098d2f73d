import Domain

/// The parameters of AssumeRoleWithWebIdentity, checked as AWS checks them (API_AssumeRoleWithWebIdentity).
struct AssumeRoleParameters {
    let roleARN: String
    let sessionName: String
    let token: String
    let duration: Int64
    /// Out of the role's ARN.
    let partition: String
    let account: String
    /// The role's name without its path.
    let roleName: String

    init(_ parameters: FormFields, maximumDuration: Int64) throws(STSRefusalAnswer) {
        let flaws = [
            Self.flaw("roleArn", parameters["RoleArn"], length: 20...2048),
            Self.flaw("roleSessionName", parameters["RoleSessionName"], length: 2...64),
            Self.pattern("roleSessionName", parameters["RoleSessionName"]),
            Self.flaw("webIdentityToken", parameters["WebIdentityToken"], length: 4...20_000),
            parameters["Policy"].flatMap { Self.flaw("policy", $0, length: 1...2048) },
            Self.range("durationSeconds", parameters["DurationSeconds"]),
        ].compactMap { $0 }
        guard flaws.isEmpty else {
            let count = flaws.count == 1 ? "1 validation error" : "\(flaws.count) validation errors"
            throw .validation("\(count) detected: " + flaws.joined(separator: "; "))
        }
        let policies = parameters.fields.count { $0.name.hasPrefix("PolicyArns.member.") }
        guard policies <= 10 else {
            throw .validation("The number of policy ARNs exceeds the limit of 10.")
        }
        roleARN = parameters["RoleArn"] ?? ""
        sessionName = parameters["RoleSessionName"] ?? ""
        token = parameters["WebIdentityToken"] ?? ""
        duration = parameters["DurationSeconds"].flatMap { Int64($0) } ?? 3600
        guard duration <= maximumDuration else {
            throw .validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        }
        let parts = roleARN.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[3].isEmpty, parts[4].count == 12,
            parts[4].allSatisfy({ $0.isASCII && $0.isNumber }), parts[5].hasPrefix("role/"),
            let name = parts[5].split(separator: "/", omittingEmptySubsequences: false).last, !name.isEmpty
        else { throw .validation("Request ARN is invalid") }
        partition = String(parts[1])
        account = String(parts[4])
        roleName = String(name)
    }

    private static func flaw(_ name: String, _ value: String?, length: ClosedRange<Int>) -> String? {
        guard let value else {
            return "Value null at '\(name)' failed to satisfy constraint: Member must not be null"
        }
        let start = "Value '\(name == "webIdentityToken" ? "***" : value)' at '\(name)' failed to satisfy constraint: "
        if value.count < length.lowerBound {
            return start + "Member must have length greater than or equal to \(length.lowerBound)"
        }
        if value.count > length.upperBound {
            return start + "Member must have length less than or equal to \(length.upperBound)"
        }
        return nil
    }

    private static func pattern(_ name: String, _ value: String?) -> String? {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-".utf8)
        guard let value, !value.utf8.allSatisfy({ allowed.contains($0) }) else { return nil }
        return "Value '\(value)' at '\(name)' failed to satisfy constraint: "
            + "Member must satisfy regular expression pattern: [\\w+=,.@-]*"
    }

    private static func range(_ name: String, _ value: String?) -> String? {
        guard let value else { return nil }
        guard let number = Int64(value) else { return "Value '\(value)' at '\(name)' is no integer" }
        let start = "Value '\(value)' at '\(name)' failed to satisfy constraint: "
        if number < 900 { return start + "Member must have value greater than or equal to 900" }
        return number > 43_200 ? start + "Member must have value less than or equal to 43200" : nil
    }
}
