import Application
import ArgumentParser
import ClientComposition
import Domain
import Ports

/// `aws-oidc creds-process`: what AWS SDKs run as credential_process.
struct CredsProcess: ClientSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "creds-process",
        abstract: "Print temporary AWS credentials for credential_process.",
        discussion: """
            Examples (in ~/.aws/config the same stands in one line, after credential_process = in a profile's section; \
            aws-oidc configure writes it):

              aws-oidc creds-process --issuer-url=https://login.example.com \\
                --client-id=0oa123 --aws-role-arn=arn:aws:iam::123456789012:role/dev
            """)

    @OptionGroup var provider: ProviderOptions

    @Option(
        name: .customLong("aws-role-arn"),
        help: ArgumentHelp("The role to take.", valueName: "arn"))
    var roleARN: String

    @Option(help: ArgumentHelp("The AWS region whose STS is asked.", valueName: "region"))
    var region: String?

    @Option(
        help: ArgumentHelp("How long the credentials live, from 15m to 12h (default: 1h).", valueName: "duration"),
        transform: SessionDuration.init(argument:))
    var sessionDuration: SessionDuration?

    @OptionGroup var common: CommonOptions

    func perform(_ composition: ClientComposition) async throws -> Answer {
        if let recursion = composition.recursion { throw recursion }
        let key = try provider.key()
        let role = try RoleARN(roleARN)
        let duration = sessionDuration ?? .oneHour
        let wanted = WantedCredentials(
            key: composition.credentialsKey(key, roleARN: roleARN, duration), role: role, duration: duration)
        let obtain = try composition.obtainCredentials(key, role, region: region)
        let attendance = composition.attendance(isPerson: false)
        try await composition.flushIfAsked(key, attendance)
        let credentials = try await obtain(wanted, attendance)
        return Answer(CredentialProcessOutput(credentials).text.revealed)
    }
}
