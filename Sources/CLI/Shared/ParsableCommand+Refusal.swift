package import ArgumentParser

extension ParsableCommand {
    /// Answers arguments that name no work to do, and gives the exit code.
    ///
    /// Help goes to standard output and is no failure; a mistake in the arguments is told in one line.
    package static func answer(_ error: any Error, _ arguments: [String]) -> Int32 {
        if exitCode(for: error) == .success { return Output.print(fullMessage(for: error) + "\n") ? 0 : 1 }
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        let command = arguments.first.flatMap { names.contains($0) ? "aws-oidc \($0)" : nil } ?? "aws-oidc"
        let sentence = message(for: error).split(separator: "\n").first.map(String.init) ?? "the arguments are wrong"
        Output.complain("\(command) failed: \(sentence) (see \(command) --help)")
        return 1
    }
}
