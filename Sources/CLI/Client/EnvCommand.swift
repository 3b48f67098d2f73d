import ArgumentParser
import ClientComposition
import CommandLineBasics
import Domain

/// `aws-oidc env`: a profile's credentials as variables, for docker or a shell.
struct EnvCommand: ClientSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "env",
        abstract: "Print a profile's AWS credentials as environment variables.",
        discussion: """
            Examples:

              docker run --env-file <(aws-oidc env --profile dev) \\
                amazon/aws-cli sts get-caller-identity
              eval "$(aws-oidc env --profile dev --format bash)"
              aws-oidc env --profile dev --format fish | source
              aws-oidc env --profile dev --format powershell |
                Out-String | Invoke-Expression

            A program can't renew what stands in its environment: credentials with less than three quarters of \
            --session-duration left are renewed first, and where that fails a warning says when they end.
            """)

    @OptionGroup var profile: ProfileOptions

    @Option(
        help: ArgumentHelp(
            "How they are written: \(EnvironmentFormat.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "format"))
    var format = EnvironmentFormat.docker

    @OptionGroup var common: CommonOptions

    func perform(_ composition: ClientComposition) async throws -> Answer {
        try await EnvCall(profile: profile.call, format: format).perform(composition)
    }
}

extension EnvironmentFormat: ExpressibleByArgument {}

/// What `env` does.
struct EnvCall: Sendable {
    let profile: ProfileCall
    let format: EnvironmentFormat

    func perform(_ composition: ClientComposition) async throws -> Answer {
        try printing(try await profile.variables(composition))
    }

    /// The answer where it needs no waiting; nil where it does, and where something is wrong.
    func performAtOnce(_ composition: ClientComposition) -> Answer? {
        profile.variablesAtHand(composition).flatMap { try? printing($0) }
    }

    private func printing(_ variables: ProfileVariables) throws -> Answer {
        let forgotten = CredentialEnvironment.rivals(ofProfile: variables.profileName) {
            Environment.variables[$0]
        }
        return Answer(try format.text(variables.environment.variables, forgetting: forgotten).revealed)
    }
}
