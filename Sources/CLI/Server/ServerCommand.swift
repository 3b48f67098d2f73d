import ArgumentParser
import CommandLineBasics
import Dispatch
import Locking

/// The root of the server's command line.
struct ServerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aws-oidc",
        abstract: "The config service of aws-oidc, and what belongs to it.",
        version: Version.text,
        subcommands: [
            ServeConfigCommand.self,
            UpdateRoleMapCommand.self,
            RSAKeygenCommand.self,
        ])

    /// Runs the command that these arguments name, and gives its exit code.
    static func run(_ arguments: [String]) -> Int32 {
        do {
            let command = try parseAsRoot(arguments)
            guard let ours = command as? any ServerSubcommand else {
                var command = command
                try command.run()
                return 0
            }
            return runToEnd(ours)
        } catch {
            return answer(error, arguments)
        }
    }

    /// Runs asynchronous work to its end; the main thread has nothing else to do.
    private static func runToEnd(_ command: any ServerSubcommand) -> Int32 {
        let done = DispatchSemaphore(value: 0)
        let code = Guarded<Int32>(1)
        let name = type(of: command).configuration.commandName ?? ""
        Task {
            do {
                let result = try await command.perform()
                code.with { $0 = result }
            } catch {
                let sentence = "\(error)".split(separator: "\n").joined(separator: " ")
                Output.complain("aws-oidc \(name) failed: \(sentence)")
            }
            done.signal()
        }
        done.wait()
        return code.with { $0 }
    }
}

/// A subcommand: parse, ask Composition for a use case, run it, print.
protocol ServerSubcommand: ParsableCommand, Sendable {
    /// Does the work, and gives the exit code; an error that it throws is printed as one line.
    func perform() async throws -> Int32
}
