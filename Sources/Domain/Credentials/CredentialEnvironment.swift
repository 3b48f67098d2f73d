/// The variables by which a program gets AWS credentials, and those that would come between it and them.
///
/// Source: AWS SDKs and Tools Reference Guide, "Settings reference"; botocore reads `AWS_CREDENTIAL_EXPIRATION`.
package struct CredentialEnvironment: Sendable, Hashable {
    /// What is set, each name once.
    package let variables: [EnvironmentVariable]

    /// What would speak of other credentials: names of before, of older SDKs, and a profile, which some SDKs prefer to keys.
    package static let rivals = [
        "AWS_SECURITY_TOKEN", "AWS_ACCESS_KEY", "AWS_SECRET_KEY", profileVariable, defaultProfileVariable,
    ]
    private static let profileVariable = "AWS_PROFILE"
    private static let defaultProfileVariable = "AWS_DEFAULT_PROFILE"

    /// The variables of these credentials, and of the profile's region and output where the environment has neither.
    ///
    /// Where `AWS_REGION` or `AWS_DEFAULT_REGION` stands, neither is set: the two would disagree. An empty variable counts
    /// as one that does not stand.
    package init(
        _ credentials: AWSCredentials, region: String?, output: String?, inherited variable: (String) -> String?
    ) {
        func stands(_ name: String) -> Bool { variable(name)?.isEmpty == false }
        var variables: [EnvironmentVariable] = []
        if let region, !region.isEmpty, !stands("AWS_REGION"), !stands("AWS_DEFAULT_REGION") {
            variables.append(EnvironmentVariable("AWS_DEFAULT_REGION", Secret(region)))
        }
        if let output, !output.isEmpty, !stands("AWS_DEFAULT_OUTPUT") {
            variables.append(EnvironmentVariable("AWS_DEFAULT_OUTPUT", Secret(output)))
        }
        self.variables =
            variables + [
                EnvironmentVariable("AWS_ACCESS_KEY_ID", Secret(credentials.accessKeyID)),
                EnvironmentVariable("AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey),
                EnvironmentVariable("AWS_SESSION_TOKEN", credentials.sessionToken),
                EnvironmentVariable("AWS_CREDENTIAL_EXPIRATION", Secret(credentials.expiry.rfc3339)),
            ]
    }

    /// The rivals that a shell has to forget: those that stand in its environment, less a profile's name that is the very one which these credentials are of.
    package static func rivals(ofProfile profile: String, inherited variable: (String) -> String?) -> [String] {
        rivals.filter { name in
            guard let value = variable(name) else { return false }
            return ![profileVariable, defaultProfileVariable].contains(name) || (value != profile && !value.isEmpty)
        }
    }

    /// The environment of a program: the inherited entries, as they are, without any of ours and without rivals, then ours.
    ///
    /// An entry is `NAME=value` in bytes, which need not be UTF-8.
    package func entries(inheriting inherited: [[UInt8]]) -> [[UInt8]] {
        let names = (variables.map(\.name) + Self.rivals).map { Array($0.utf8) }
        // Nearly every entry is somebody else's: the common prefix spares comparing it with each name.
        let prefix = Array("AWS_".utf8)
        let kept = inherited.filter { entry in
            !entry.starts(with: prefix) || !names.contains { entry.starts(with: $0 + [UInt8(ascii: "=")]) }
        }
        return kept + variables.map { Array("\($0.name)=\($0.value.revealed)".utf8) }
    }
}
