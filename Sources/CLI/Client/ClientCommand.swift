import ArgumentParser
import ClientComposition
import CommandLineBasics

/// The root of the command line.
struct ClientCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aws-oidc",
        abstract: "Turns a single sign-on into temporary AWS credentials.",
        discussion: """
            Sign in once in the browser; every AWS SDK, the AWS CLI and Terraform get their credentials from \
            `aws-oidc creds-process`, named as credential_process in ~/.aws/config.
            """,
        version: Version.text,
        subcommands: [
            CredsProcess.self, ExecCommand.self, EnvCommand.self, TokenCommand.self, Login.self, LogoutCommand.self,
            ConfigureCommand.self,
            StatusCommand.self, ProfilesCommand.self, CheckTokenValid.self, CheckRefreshTTL.self, VersionCommand.self,
            CompletionCommand.self, SignInProcess.self, SharedStoreProcess.self,
        ],
        groupedSubcommands: [CommandGroup(name: "Config service", subcommands: ServerCommands.all)])

    /// Runs the command that these arguments name, and gives its exit code.
    static func run(_ arguments: [String]) -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            guard let ours = command as? any ClientSubcommand else {
                try command.run()
                return 0
            }
            try ours.checkWhole()
            return ours.runToEnd()
        } catch {
            return answer(error, arguments)
        }
    }
}

/// A subcommand that obtains something: parse, ask Composition for a use case, run it, print.
protocol ClientSubcommand: ParsableCommand, Sendable {
    /// Flags that every subcommand has.
    var common: CommonOptions { get }
    /// Whether it runs where nobody sees what it says.
    static var isDetached: Bool { get }

    /// Refuses arguments that each by itself are right: after the parser has named those that it does not know.
    func checkWhole() throws

    /// Does the work, and gives what standard output gets.
    func perform(_ composition: ClientComposition) async throws -> Answer
}

extension ClientSubcommand {
    static var isDetached: Bool { false }

    func checkWhole() throws {}

    /// Does the work, prints the answer or the one line that says what went wrong, and gives the exit code.
    func runToEnd() -> Int32 {
        ClientRun(
            name: Self.configuration.commandName ?? "",
            composition: ClientComposition(common.settings, isDetached: Self.isDetached)
        ).toEnd(perform)
    }
}
