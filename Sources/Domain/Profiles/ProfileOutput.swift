/// What `profiles` prints of a profile that is ours.
package struct ProfileOutput: Sendable, Hashable {
    /// Its name.
    package let name: String
    let account: String?
    let role: String?
    let roleARN: String?
    let region: String?
    let problem: String?

    /// The profile, if its `credential_process` is ours.
    ///
    /// - Parameter settingsProblem: what is wrong with the values of its further flags and variables.
    package init?(
        _ profile: ConfigProfile, _ reader: inout CredentialProcessReader,
        settingsProblem: (CredentialProcess) -> String? = { _ in nil }
    ) {
        guard let command = profile.value("credential_process") else { return nil }
        name = profile.name
        region = profile.value("region")
        do throws(ShellWordsError) {
            guard let process = try reader.read(command).process else { return nil }
            let role = process.roleARN.flatMap { try? RoleARN($0) }
            (account, self.role, roleARN) = (role?.accountID, role?.roleName, process.roleARN)
            problem =
                process.missingFlag.map { "its credential_process has no \($0)" }
                ?? reader.issuerProblem(process)
                ?? (role == nil ? "its --aws-role-arn names no role" : nil)
                ?? process.refusal
                ?? settingsProblem(process)
        } catch {
            // Only one that names us is ours to complain of.
            guard
                command.split(separator: " ").contains(where: { $0 == "aws-oidc" || $0.hasSuffix("/aws-oidc") })
            else { return nil }
            (account, role, roleARN) = (nil, nil, nil)
            problem = "in its credential_process \(error)"
        }
    }

    /// Why it can't be used, as a sentence for a person; nil where nothing is known to be wrong.
    package var warning: String? {
        problem.map { "profile \"\(PrintableText.line(name))\" can't be used: \(PrintableText.line($0))" }
    }

    /// One line of JSON.
    ///
    /// Its members and their meaning stay, others may be added. What is not known is null.
    package static func json(_ profiles: [ProfileOutput]) -> String {
        let objects = profiles.map { profile in
            JSONText.object([
                ("name", JSONText.quoted(profile.name)), ("account", JSONText.value(profile.account)),
                ("role", JSONText.value(profile.role)), ("role_arn", JSONText.value(profile.roleARN)),
                ("region", JSONText.value(profile.region)), ("problem", JSONText.value(profile.problem)),
            ])
        }
        return "{\"version\":1,\"profiles\":[\(objects.joined(separator: ","))]}\n"
    }

    /// A line a profile, `-` for what is not known: in columns for a person, else a tab between, since a name may have blanks.
    package static func text(_ profiles: [ProfileOutput], inColumns: Bool) -> String {
        let rows = profiles.map { profile in
            [profile.name, profile.account, profile.role, profile.region].map { PrintableText.line($0 ?? "-") }
        }
        guard inColumns else { return rows.map { $0.joined(separator: "\t") + "\n" }.joined() }
        let all = [["NAME", "ACCOUNT", "ROLE", "REGION"]] + rows
        let widths = (0..<4).map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let padded = zip(row, widths).dropLast().map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return (padded + row.suffix(1)).joined(separator: "  ") + "\n"
        }.joined()
    }
}
