import Application
import ArgumentParser
import ClientComposition
import Dispatch
import Domain
import Locking
import Ports

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
            CredsProcess.self, TokenCommand.self, Login.self, CheckTokenValid.self, CheckRefreshTTL.self,
            VersionCommand.self, SignInProcess.self,
        ])

    /// Runs the command that these arguments name, and gives its exit code.
    static func run(_ arguments: [String]) -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            guard let ours = command as? any ClientSubcommand else {
                try command.run()
                return 0
            }
            return ours.runToEnd()
        } catch {
            return answer(error, arguments)
        }
    }

    /// Help goes to standard output and is no failure; a mistake in the arguments is told in one line.
    private static func answer(_ error: any Error, _ arguments: [String]) -> Int32 {
        if exitCode(for: error) == .success { return Output.print(fullMessage(for: error) + "\n") ? 0 : 1 }
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        let command = arguments.first.flatMap { names.contains($0) ? "aws-oidc \($0)" : nil } ?? "aws-oidc"
        let sentence = message(for: error).split(separator: "\n").first.map(String.init) ?? "the arguments are wrong"
        Output.complain("\(command) failed: \(sentence) (see \(command) --help)")
        return 1
    }
}

/// A subcommand that obtains something: parse, ask Composition for a use case, run it, print.
protocol ClientSubcommand: ParsableCommand, Sendable {
    /// Flags that every subcommand has.
    var common: CommonOptions { get }
    /// Whether it runs where nobody sees what it says.
    static var isDetached: Bool { get }

    /// Does the work, and gives what standard output gets.
    func perform(_ composition: ClientComposition) async throws -> Answer
}

/// What a subcommand has to say.
struct Answer: Sendable {
    /// What standard output gets.
    let text: String
    /// Why it is no success all the same; nil where it is one.
    var shortcoming: String?

    init(_ text: String, shortcoming: String? = nil) {
        self.text = text
        self.shortcoming = shortcoming
    }
}

extension ClientSubcommand {
    static var isDetached: Bool { false }

    /// Does the work, prints the answer or the one line that says what went wrong, and gives the exit code.
    func runToEnd() -> Int32 {
        let composition = ClientComposition(common.settings, isDetached: Self.isDetached)
        let outcome = waiting { await attempt(composition) }
        let code: Int32
        switch outcome {
        case .success(let answer):
            let isPrinted = answer.text.isEmpty || Output.print(answer.text)
            if let shortcoming = answer.shortcoming { Output.complain("aws-oidc \(name): \(shortcoming)") }
            code = isPrinted && answer.shortcoming == nil ? 0 : 1
        case .failure(let failure):
            composition.log.write(.error, "failed", ["command": name, "reason": failure.sentence])
            Output.complain("aws-oidc \(name) failed: \(failure.sentence)")
            code = failure.code
        }
        composition.finish(hasFailed: code != 0)
        return code
    }

    private var name: String { Self.configuration.commandName ?? "" }

    private func attempt(_ composition: ClientComposition) async -> Result<Answer, Failure> {
        do {
            return .success(try await perform(composition))
        } catch {
            return .failure(Failure(error))
        }
    }

    /// Runs asynchronous work to its end; the main thread has nothing else to do.
    private func waiting<Value: Sendable>(for work: @escaping @Sendable () async -> Value) -> Value {
        let done = DispatchSemaphore(value: 0)
        let result = Guarded<Value?>(nil)
        Task {
            let value = await work()
            result.with { $0 = value }
            done.signal()
        }
        while true {
            done.wait()
            if let value = result.with({ $0 }) { return value }
        }
    }
}

/// A failure as a person sees it.
private struct Failure: Error {
    let sentence: String
    let code: Int32

    init(_ error: any Error) {
        sentence = "\(error)".split(separator: "\n").joined(separator: " ")
        code = Self.isInterrupt(error) ? 130 : 1
    }

    /// 130 is what a shell makes of a program that Ctrl-C ended.
    private static func isInterrupt(_ error: any Error) -> Bool {
        switch error {
        case SignInProblem.interrupted, CredentialsProblem.signIn(.interrupted): true
        default: false
        }
    }
}
