import Domain

/// Why a profile can't be used.
enum ProfileProblem: Error, Sendable, Hashable {
    /// There is no home that the config file could be in.
    case noHome(name: String)
    /// There is no config file.
    case noFile(name: String, path: String)
    /// The config file breaks off.
    case noFormat(path: String, ConfigSyntaxError)
    /// There is no such profile in it.
    case noProfile(name: String, path: String)
    /// The profile has no credential_process.
    case noProcess(name: String, path: String)
    /// The profile's credential_process is somebody else's.
    case foreign(name: String, path: String)
    /// The profile's command lacks a flag, or only its shell knows what the flag says.
    case noFlag(String, profile: String)
    /// Something in the profile's command is wrong.
    case unusable(name: String, reason: String)
}

extension ProfileProblem: CustomStringConvertible {
    var description: String {
        switch self {
        case .noHome(let name):
            "there is no profile \(Self.shown(name)), since HOME is not set, and the user database names no home. Set HOME or AWS_CONFIG_FILE."
        case .noFile(let name, let path):
            "there is no profile \(Self.shown(name)), since there is no file \(path). Write one, or set AWS_CONFIG_FILE."
        case .noFormat(let path, let error):
            "\(path) is no AWS config file: \(error)"
        case .noProfile(let name, let path):
            "there is no profile \(Self.shown(name)) in \(path). Name one that \"aws-oidc profiles\" lists."
        case .noProcess(let name, let path):
            "profile \(Self.shown(name)) in \(path) has no credential_process. Name one that runs aws-oidc creds-process."
        case .foreign(let name, let path):
            "profile \(Self.shown(name)) in \(path) has a credential_process that is not aws-oidc creds-process. Name another profile."
        case .noFlag(let flag, let profile):
            "profile \(Self.shown(profile)) does not say its \(flag) in so many words. Write it into its credential_process."
        case .unusable(let name, let reason):
            "profile \(Self.shown(name)) can't be used: \(reason)"
        }
    }

    private static func shown(_ name: String) -> String { "\"\(PrintableText.line(name))\"" }
}
