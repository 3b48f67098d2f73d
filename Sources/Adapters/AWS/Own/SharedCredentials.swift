import Domain

/// Credentials of a profile in AWS's shared files, `~/.aws/credentials` and `~/.aws/config`.
struct SharedCredentials: Sendable {
    let sources: CredentialSources

    private static let keys = [
        "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "role_arn", "source_profile",
        "credential_source", "web_identity_token_file", "role_session_name", "external_id", "region",
        "credential_process", "sso_session", "sso_start_url",
    ]

    /// Those of the profile that is set, else of `default`; nil where no such profile has any, and none was named.
    func find() async throws(SignedCallError) -> SigningCredentials? {
        let variable = sources.means.variable
        let name = ProfileSetting.profile(variable)
        let isNamed = (variable("AWS_PROFILE") ?? variable("AWS_DEFAULT_PROFILE")) != nil
        let settings = settings(of: name)
        if settings.isEmpty, !isNamed { return nil }
        if !isNamed, settings["aws_access_key_id"] == nil, settings["role_arn"] == nil { return nil }
        return try await credentials(of: name, settings, depth: 0)
    }

    private func credentials(of name: String, _ settings: [String: String], depth: Int)
        async throws(SignedCallError) -> SigningCredentials
    {
        guard depth < 8 else { throw .noCredentials("the profile \(name) is its own source_profile") }
        guard let roleText = settings["role_arn"] else { return try fixed(name, settings) }
        let role: RoleARN
        do { role = try RoleARN(roleText) } catch {
            throw .noCredentials("the role_arn of the profile \(name) is none: \(error.reason)")
        }
        if let file = settings["web_identity_token_file"] {
            return try await sources.webIdentity(file: file, role: roleText, name: settings["role_session_name"])
        }
        let source = try await source(of: name, settings, depth)
        let caller = SignedCaller(sources.means, role.partition, region: settings["region"]) { source }
        return try await AssumedRole.credentials(
            role, caller, sessionName: settings["role_session_name"] ?? "aws-oidc", externalID: settings["external_id"])
    }

    private func source(of name: String, _ settings: [String: String], _ depth: Int)
        async throws(SignedCallError) -> SigningCredentials
    {
        if let other = settings["source_profile"] {
            let found = self.settings(of: other)
            // A profile may name itself, with keys of its own.
            return other == name ? try fixed(name, found) : try await credentials(of: other, found, depth: depth + 1)
        }
        let found: SigningCredentials? =
            switch settings["credential_source"]?.lowercased() {
            case "environment": sources.environment()
            case "ec2instancemetadata": try await sources.instance()
            case "ecscontainer": try await sources.container()
            default: nil
            }
        guard let found else {
            throw .noCredentials(
                "the profile \(name) has a role_arn, but no source_profile or credential_source that works")
        }
        return found
    }

    private func fixed(_ name: String, _ settings: [String: String]) throws(SignedCallError) -> SigningCredentials {
        guard let id = settings["aws_access_key_id"], let secret = settings["aws_secret_access_key"] else {
            let others = ["credential_process", "sso_session", "sso_start_url"].filter { settings[$0] != nil }
            throw .noCredentials(
                others.isEmpty
                    ? "the profile \(name) has no credentials"
                    : "the profile \(name) has \(others.joined(separator: ", ")), which a service can't use: "
                        + "give it keys or a role")
        }
        return SigningCredentials(
            accessKeyID: id, secretAccessKey: Secret(secret),
            sessionToken: settings["aws_session_token"].map(Secret.init))
    }

    /// What both files say of a profile; the credentials file goes first.
    private func settings(of profile: String) -> [String: String] {
        let variable = sources.means.variable
        let config = path(variable("AWS_CONFIG_FILE"), "config").flatMap(SmallFile.bytes) ?? []
        let credentials = path(variable("AWS_SHARED_CREDENTIALS_FILE"), "credentials").flatMap(SmallFile.bytes) ?? []
        return ProfileSetting.values(of: Self.keys, inProfile: profile, config).merging(
            ProfileSetting.values(of: Self.keys, inProfile: profile, Self.prefixed(credentials))
        ) { _, fromCredentials in fromCredentials }
    }

    private func path(_ named: String?, _ name: String) -> String? {
        guard let named else { return sources.home.map { "\($0)/.aws/\(name)" } }
        return named.hasPrefix("~/") ? (sources.home ?? "") + named.dropFirst() : named
    }

    /// The credentials file as a config file has it: there a profile's section begins with the word `profile`.
    private static func prefixed(_ bytes: [UInt8]) -> [UInt8] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            line.first == UInt8(ascii: "[") ? Array("[profile ".utf8) + line.dropFirst() : Array(line)
        }
        return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }
}
