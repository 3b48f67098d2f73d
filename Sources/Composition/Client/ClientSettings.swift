package import Domain

/// What the command line and the environment say, before anything is made of it.
package struct ClientSettings: Sendable {
    /// The environment of this process.
    package var environment: [String: String]
    /// `--node-local-cache`; nil where the flag was not given, and then the variable counts.
    package var nodeLocalFlag: String?
    /// `--cache`; nil where the flag was not given, and then the variable counts.
    package var cacheFlag: String?
    /// How often `-v` was given.
    package var verbosity = 0
    /// `--log-file`.
    package var logFile: String?
    /// How long a sign-in waits for the person, in seconds.
    package var loginTimeout = 300.0
    /// The text after `aws-oidc/` in the User-Agent field.
    package var version = "0"

    /// Settings of a process with that environment, everything else as it is when nobody says anything.
    package init(environment: [String: String]) {
        self.environment = environment
    }

    /// The folder of node-local storage: the flag goes before the variable; an empty text means none.
    package var nodeLocalFolder: String? {
        let folder = nodeLocalFlag ?? environment["AWS_OIDC_NODE_LOCAL_CACHE"]
        return folder.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What `--cache` says, else the variable (`AWS_OIDC_CACHE`); an empty variable says nothing.
    package var cacheText: String? {
        cacheFlag ?? environment["AWS_OIDC_CACHE"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Which store keeps the tokens; a text that names none has been refused before.
    package var cache: TokenCacheChoice { cacheText.flatMap { TokenCacheChoice($0) } ?? .file }

    /// Whether AWS credentials may be kept on disk (`AWS_OIDC_CREDENTIALS_CACHE`).
    package var keepsCredentials: Bool { environment["AWS_OIDC_CREDENTIALS_CACHE"]?.lowercased() != "off" }

    /// The most verbose level that standard error gets; nil where none was asked for.
    package var loudestLevel: LogVerbosity? {
        switch verbosity {
        case ...0: nil
        case 1: .info
        default: .debug
        }
    }
}

/// What `-v` and `-vv` ask for.
package enum LogVerbosity: Sendable {
    case info
    case debug
}
