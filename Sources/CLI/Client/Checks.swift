import Application
import ArgumentParser
import ClientComposition
import CommandLineBasics
import Domain

/// `aws-oidc check-token-valid`: for scripts; asks nobody.
struct CheckTokenValid: ClientSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "check-token-valid",
        abstract: "Print valid or invalid for the cached tokens; exit 1 where they are invalid.",
        discussion: """
            Examples:

              aws-oidc check-token-valid --issuer-url https://login.example.com \\
                --client-id 0oa123 || echo "sign in first"
            """)

    @OptionGroup var provider: ProviderOptions
    @OptionGroup var common: CommonOptions

    func perform(_ composition: ClientComposition) async throws -> Answer {
        let key = try provider.key()
        try composition.removeIfAsked(key)
        return switch try composition.checkToken(key)() {
        case .valid: Answer("valid\n")
        case .invalid(let reason): Answer("invalid\n", shortcoming: reason)
        }
    }
}

/// `aws-oidc check-refresh-ttl`: for monitors.
struct CheckRefreshTTL: ClientSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "check-refresh-ttl",
        abstract: "Print how long the cached refresh token lives, such as 2159h59m57s.",
        discussion: """
            Examples:

              aws-oidc check-refresh-ttl --issuer-url https://login.example.com \\
                --client-id 0oa123
              aws-oidc check-refresh-ttl --output-duration-in-hours \\
                --issuer-url https://login.example.com --client-id 0oa123
            """)

    @OptionGroup var provider: ProviderOptions

    @Flag(help: "Print hours with two decimals.")
    var outputDurationInHours = false

    @OptionGroup var common: CommonOptions

    func perform(_ composition: ClientComposition) async throws -> Answer {
        let key = try provider.key()
        try composition.removeIfAsked(key)
        let seconds = try await composition.checkRefreshToken(key)()
        return Answer(
            (outputDurationInHours ? GoDuration.hours(seconds: seconds) : GoDuration.text(seconds: seconds)) + "\n")
    }
}

/// `aws-oidc version`, for its help; it is answered before the parser.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version.",
        discussion: """
            Examples:

              aws-oidc version
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        if !Output.print(Version.text + "\n") { throw ExitCode(1) }
    }
}
