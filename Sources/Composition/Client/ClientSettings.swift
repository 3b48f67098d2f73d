import Application
package import Domain
import Host
import Ports

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
    /// `--login-timeout`, in seconds; nil where the flag was not given.
    package var loginTimeoutFlag: Double?
    /// `--flush-oidc-token-cache`: what the command would use is removed first.
    package var flushes = false
    /// `--callback-port`; nil where the flag was not given, and then the variable counts.
    package var callbackPortFlag: String?
    /// `--device-code-flow`: a sign-in takes place on another device.
    package var usesDeviceGrant = false
    /// The text after `aws-oidc/` in the User-Agent field.
    package var version = "0"

    /// Settings of a process with that environment, everything else as it is when nobody says anything.
    package init(environment: [String: String]) {
        self.environment = environment
    }

    /// What names the folder of node-local storage: the flag goes before the variable; an empty variable names none.
    package var nodeLocalText: String? {
        nodeLocalFlag ?? environment["AWS_OIDC_NODE_LOCAL_CACHE"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// That folder, an absolute path; nil where none is named, or by a text that is refused.
    package var nodeLocalFolder: String? {
        nodeLocalText.flatMap { HostLocalFolder.absolute($0, home: HostIdentity.home(environment)) }
    }

    /// The text, where it names no folder that could be used.
    package var wrongNodeLocalText: String? { nodeLocalFolder == nil ? nodeLocalText : nil }

    /// Whether this host's tokens lie in that folder.
    var keepsTokensNodeLocal: Bool {
        if case .sqlite(_?) = cache { false } else { nodeLocalFolder != nil }
    }

    /// The words that give another process of ours the same folder: it has this environment, whose variable the flag may
    /// have gone before.
    var nodeLocalWords: [String] { nodeLocalFolder.map { ["--node-local-cache=\($0)"] } ?? [] }

    /// What `--cache` says, else the variable (`AWS_OIDC_CACHE`); an empty variable says nothing.
    package var cacheText: String? {
        cacheFlag ?? environment["AWS_OIDC_CACHE"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Which store is asked for; nil where nobody asks.
    ///
    /// A text that names none has been refused before.
    package var cache: TokenCacheChoice? { cacheText.flatMap { TokenCacheChoice($0) } }

    /// The port that the browser comes back to: what the flag says, else the variable (`AWS_OIDC_CALLBACK_PORT`).
    package var callbackPortText: String? {
        callbackPortFlag ?? environment["AWS_OIDC_CALLBACK_PORT"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// That port, one that needs no privilege; nil where none is asked for.
    ///
    /// A text that is none has been refused before.
    package var callbackPort: UInt16? { callbackPortText.flatMap { UInt16($0) }.flatMap { $0 < 1024 ? nil : $0 } }

    /// How long a sign-in waits for the person, in seconds.
    package var loginTimeout: Double { loginTimeoutFlag ?? 300 }

    /// How this process would sign in, where another one's sign-in is under way.
    var signInWish: SignInWish {
        SignInWish(
            usesDeviceGrant: usesDeviceGrant, callbackPort: callbackPort.map { Int($0) },
            patience: loginTimeoutFlag ?? .infinity)
    }

    /// The seconds of a `--login-timeout`; nil where it is none that may be.
    package static func loginTimeout(_ text: String) -> Double? {
        GoDuration.seconds(text).flatMap { (1...86_400).contains($0) ? $0 : nil }
    }

    /// What such a text must be.
    package static let loginTimeoutExpectation = "a duration from 1s to 24h, such as 90s or 5m"

    /// What the value of `--log-file` must be, and is not where it is empty.
    package static let logFileExpectation = "must be the path of a file"

    /// Whether the environment names a desktop, or a browser of its own.
    package var hasDesktop: Bool { ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"].contains(where: isSet) }

    /// Where the person is likely to sit.
    var seat: Seat { Seat(headlessness: headlessness, isOverSSH: isOverSSH) }

    private var isOverSSH: Bool { ["SSH_CONNECTION", "SSH_TTY"].contains(where: isSet) }

    /// Why a browser that opens is not likely to be in front of the person; nil where it may well be.
    private var headlessness: String? {
        if isSet("BROWSER") { return nil }
        // Before the display: over SSH it may be forwarded, and a browser there is slow, or none at all.
        if isOverSSH { return "this is a session over SSH" }
        if hasDesktop { return nil }
        #if os(Linux)
            return isSet("WSL_DISTRO_NAME") ? nil : "there is no display here"
        #else
            return nil
        #endif
    }

    private func isSet(_ name: String) -> Bool { !(environment[name] ?? "").isEmpty }

    /// A path with the home in place of `~`.
    func wholePath(_ path: String) -> String {
        path.hasPrefix("~/") ? (HostIdentity.home(environment) ?? "") + path.dropFirst() : path
    }

    /// Whether AWS credentials may be kept on disk (`AWS_OIDC_CREDENTIALS_CACHE`): not where a word says no, nor where one
    /// is not understood.
    package var keepsCredentials: Bool {
        credentialsCacheText.map { ["on", "1", "true", "yes"].contains($0.lowercased()) } ?? true
    }

    /// What is wrong with that variable; nil where nothing is.
    package var credentialsCacheProblem: String? {
        guard let text = credentialsCacheText, !keepsCredentials,
            !["off", "0", "false", "no"].contains(text.lowercased())
        else { return nil }
        return
            "AWS_OIDC_CREDENTIALS_CACHE must be on or off (1, 0, true, false, yes, no), not \"\(PrintableText.line(text))\""
    }

    private var credentialsCacheText: String? {
        environment["AWS_OIDC_CREDENTIALS_CACHE"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The flags that say where tokens are kept; nil where none do.
    var tokenPlace: String? {
        let words = nodeLocalFolder.map { ["--node-local-cache \($0)"] } ?? []
        let all = words + (cacheText.map { ["--cache \($0)"] } ?? [])
        return all.isEmpty ? nil : all.joined(separator: " ")
    }

    /// The flags by which a process that is started for this one logs as much.
    var verbosityWords: [String] { Array(repeating: "-v", count: min(verbosity, 2)) }

    /// The most verbose level that standard error gets; nil where none was asked for.
    package var loudestLevel: LogVerbosity? {
        switch verbosity {
        case ...0: nil
        case 1: .info
        default: .debug
        }
    }
}

extension ClientSettings {
    /// Why tokens are not kept in that folder as these settings ask for.
    func refusal(_ conflict: TokenCacheConflict, _ folder: String) -> TokenStoreError {
        switch conflict {
        case .contradiction(let asked, let kept):
            let word = cacheFlag == nil ? "AWS_OIDC_CACHE=\(cacheText ?? "")" : "--cache \(cacheText ?? "")"
            return .contradicted(
                path: folder,
                reason:
                    "\(word) asks for \(asked.name), but its file \(TokenCacheMarker.fileName) says that every host keeps "
                    + "tokens there as \(kept.rawValue)",
                remedy: "Leave \(cacheFlag == nil ? "AWS_OIDC_CACHE" : "--cache") out or say \(kept.rawValue), or name "
                    + "another place: --cache nfs:PATH, --cache sqlite:PATH.")
        case .unknownMarker(let text):
            let isCutOff = TokenCacheMarker.isCutOff(text)
            return .contradicted(
                path: folder,
                reason: text.isEmpty
                    ? "its file \(TokenCacheMarker.fileName) is empty"
                    : "its file \(TokenCacheMarker.fileName) says \"\(text)\"\(isCutOff ? " without the end of a line" : ""), which this version (\(version)) does not know",
                remedy: (isCutOff
                    ? "If no aws-oidc is at work on any host, remove that file; else use the aws-oidc that wrote it"
                    : "Use the aws-oidc that wrote it")
                    + ", or name another place: --cache nfs:PATH, --cache sqlite:PATH.")
        }
    }
}

/// What `-v` and `-vv` ask for.
package enum LogVerbosity: Sendable {
    case info
    case debug
}
