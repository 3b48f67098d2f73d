package import Domain
package import Ports

/// Why the config file is left as it is.
package enum ConfigureProblem: Error, Sendable {
    /// Nobody can be asked, and why; these flags would answer.
    case noTerminal(reason: String, flags: [String])
    /// A check asks nobody; these flags would answer.
    case unknown(flags: [String])
    /// What was told the last time can't be used; this flag would stand in its place.
    case remembered(flag: String, String)
    /// Nobody is signed in, and a check asks nobody to.
    case notSignedIn(TokenKey)
    /// There are no tokens.
    case signIn(SignInProblem)
    /// The config service.
    case service(ConfigServiceError)
    /// The service grants nothing.
    case nothingGranted(host: String, conditional: Int, refused: Int)
    /// The filters leave nothing.
    case nothingSelected(reason: String)
    /// Several profiles would have the same name.
    case clashes([NamedRole])
    /// The config file breaks off.
    case noFormat(path: String, ConfigSyntaxError)
    /// The profiles can't be printed.
    case unprintable(ConfigEditError)
    /// The config file can't be changed in that way.
    case edit(path: String, ConfigEditError)
    /// The config file.
    case file(ConfigFileError)
    /// The terminal.
    case terminal(reason: String)
    /// Ctrl-C.
    case interrupted
    /// The person said no.
    case declined(path: String)
}

extension ConfigureProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noTerminal(let reason, let flags):
            "\(reason). Give \(flags.joined(separator: " and ")), or run it at a terminal."
        case .unknown(let flags):
            "--check asks nobody, and it is not known what to check for. Give \(flags.joined(separator: " and ")), "
                + "or run aws-oidc configure once and let it make the profiles automatically."
        case .remembered(let flag, let sentence):
            "what was remembered of the last time can't be used: \(sentence) Give \(flag) anew."
        case .notSignedIn(let key):
            "nobody is signed in, and --check asks nobody to. Run \(LoginCommand.text(key))."
        case .signIn(let problem): "\(problem)"
        case .service(let error): "\(error)"
        case .nothingGranted(let host, let conditional, let refused):
            "the config service at \(host) grants you no role\(ProfileSentences.others(conditional: conditional, refused: refused)), and nothing was changed. "
                + "Ask your AWS administrator for access."
        case .nothingSelected(let reason): reason
        case .clashes(let clashes):
            "several profiles would be named \(clashes.first?.name ?? ""), as those of "
                + "\(clashes.filter { $0.name == clashes.first?.name }.prefix(2).map(\.role.role.text).joined(separator: " and ")): "
                + "put {account} or {id}, and {role}, into --profile-template."
        case .noFormat(let path, let error): "\(path) is no AWS config file, and is left as it is: \(error)"
        case .unprintable(let error): "the profiles can't be printed: \(error)"
        case .edit(let path, let error): "\(path) is left as it is: \(error)"
        case .file(let error): "\(error)"
        case .terminal(let reason): "the terminal can't be asked: \(reason). Give the answers as flags, see --help."
        case .interrupted: "it was cancelled, and nothing was changed."
        case .declined(let path): "\(path) is left as it is."
        }
    }
}

extension ConfigureProblem {
    init(_ error: PromptError) {
        switch error {
        case .interrupted: self = .interrupted
        case .noTerminal(let reason): self = .terminal(reason: reason)
        }
    }
}
