import ArgumentParser
import ClientComposition
import Domain
import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// `aws-oidc exec`: becomes a command that has credentials in its environment.
struct ExecCommand: ClientSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run a command with a profile's AWS credentials in its environment.",
        discussion: """
            The command takes the place of aws-oidc, with its exit status and its signals. Examples:

              aws-oidc exec --profile dev -- aws sts get-caller-identity
              aws-oidc exec --profile dev --session-duration 4h -- ./deploy.sh --all

            A program can't renew what stands in its environment: credentials with less than three quarters of \
            --session-duration left are renewed first, and where that fails a warning says when they end.
            """)

    @OptionGroup var profile: ProfileOptions
    @OptionGroup var common: CommonOptions

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The command and its arguments.", valueName: "command"))
    var command: [String] = []

    func checkWhole() throws {
        if command.isEmpty { throw ValidationError("there is no command to run: name one after --") }
    }

    func perform(_ composition: ClientComposition) async throws -> Answer {
        try await ExecCall(profile: profile.call, wordCount: command.count).perform(composition)
    }
}

/// What `exec` does.
struct ExecCall: Sendable {
    let profile: ProfileCall
    /// How many words at the end of the command line are the command.
    let wordCount: Int

    func perform(_ composition: ClientComposition) async throws -> Answer {
        // Nobody shall sign in for a command that is misspelt.
        try composition.program.check(words.first ?? [])
        // So far nothing has been opened but what closes by itself; libcurl does not keep to that.
        let descriptors = composition.program.descriptors
        return becoming(try await profile.variables(composition), descriptors, composition)
    }

    /// The answer where it needs no waiting; nil where it does, and where something is wrong.
    func performAtOnce(_ composition: ClientComposition) -> Answer? {
        profile.variablesAtHand(composition).map { becoming($0, nil, composition) }
    }

    private func becoming(
        _ variables: ProfileVariables, _ descriptors: Set<Int32>?, _ composition: ClientComposition
    ) -> Answer {
        let environment = variables.environment.entries(inheriting: composition.program.environment)
        return Answer(becoming: ProgramCall(words: words, environment: environment, descriptors: descriptors))
    }

    /// The command as it was given, byte for byte: Swift's own list of arguments is made to be UTF-8.
    private var words: [[UInt8]] {
        let count = Int(CommandLine.argc)
        return (max(0, count - wordCount)..<count).compactMap { index in
            CommandLine.unsafeArgv[index].map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
        }
    }
}
