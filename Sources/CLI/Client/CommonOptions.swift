import ArgumentParser
import ClientComposition
import CommandLineBasics
import Domain

/// The flags of every subcommand.
struct CommonOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Log to standard error, as JSON lines; twice for more.")
    var verbose: Int

    @Option(help: ArgumentHelp("Write the log to this file.", valueName: "path"))
    var logFile: String?

    @Option(
        help: ArgumentHelp(
            "Keep tokens and credentials in this folder of this host, not in the home (AWS_OIDC_NODE_LOCAL_CACHE).",
            valueName: "dir"))
    var nodeLocalCache: String?

    @Option(
        help: ArgumentHelp(
            """
            Keep tokens in files, in a database, or in files that several hosts may share: file, sqlite[:PATH], \
            nfs[:PATH] (AWS_OIDC_CACHE).
            """,
            valueName: "store"))
    var cache: String?

    @Option(
        help: ArgumentHelp("How long a sign-in waits for you, such as 90s (default: 5m).", valueName: "duration"),
        transform: { text in
            guard let seconds = ClientSettings.loginTimeout(text) else {
                throw ValidationError("\"\(text)\" is not \(ClientSettings.loginTimeoutExpectation)")
            }
            return seconds
        })
    var loginTimeout: Double?

    @Flag(help: "Sign in anew, and drop the cached AWS credentials, before this command runs.")
    var flushOidcTokenCache = false

    @Option(
        help: ArgumentHelp(
            "Have the browser come back to this port of localhost, which the provider must know (AWS_OIDC_CALLBACK_PORT).",
            valueName: "port"))
    var callbackPort: String?

    @Flag(help: "Sign in on another device, by a code that is shown here.")
    var deviceCodeFlow = false

    func validate() throws {
        if let text = settings.callbackPortText, settings.callbackPort == nil {
            let name = callbackPort == nil ? "AWS_OIDC_CALLBACK_PORT" : "--callback-port"
            throw ValidationError("\(name) is a port from 1024 to 65535, not \"\(text)\"")
        }
        if logFile?.isEmpty == true {
            throw ValidationError("--log-file \(ClientSettings.logFileExpectation), not \"\"")
        }
        if let problem = settings.credentialsCacheProblem { throw ValidationError(problem) }
        if let text = settings.wrongNodeLocalText {
            let name = nodeLocalCache == nil ? "AWS_OIDC_NODE_LOCAL_CACHE" : "--node-local-cache"
            throw ValidationError("\(name) \(HostLocalFolder.expectation), not \"\(text)\"")
        }
        guard let text = settings.cacheText, TokenCacheChoice(text) == nil else { return }
        let name = cache == nil ? "AWS_OIDC_CACHE" : "--cache"
        throw ValidationError("\(name) \(TokenCacheChoice.expectation), not \"\(text)\"")
    }

    /// The settings that these flags and the environment make.
    var settings: ClientSettings {
        var settings = ClientSettings(environment: Environment.variables)
        settings.verbosity = verbose
        settings.logFile = logFile
        settings.nodeLocalFlag = nodeLocalCache
        settings.cacheFlag = cache
        settings.loginTimeoutFlag = loginTimeout
        settings.callbackPortFlag = callbackPort
        settings.usesDeviceGrant = deviceCodeFlow
        settings.flushes = flushOidcTokenCache
        settings.version = Version.text
        return settings
    }
}

/// The flags that name whose tokens are meant.
struct ProviderOptions: ParsableArguments {
    @Option(name: .customLong("issuer-url"), help: ArgumentHelp("The identity provider's issuer.", valueName: "url"))
    var issuerURL: String

    @Option(name: .customLong("client-id"), help: ArgumentHelp("The client's id at the provider.", valueName: "id"))
    var clientID: String

    /// The key that these flags name.
    func key() throws -> TokenKey {
        TokenKey(issuer: try Issuer(issuerURL), clientID: try ClientID(clientID))
    }
}
