package import ArgumentParser

extension ParsableCommand {
    /// Answers arguments that name no work to do, and gives the exit code.
    ///
    /// Help goes to standard output and is no failure; a mistake in the arguments is told in one line.
    package static func answer(_ error: any Error, _ arguments: [String]) -> Int32 {
        // What it says has been said.
        if let code = error as? ExitCode { return code.rawValue }
        if exitCode(for: error) == .success {
            return Output.print(UsageText.wrapped(fullMessage(for: error)) + "\n") ? 0 : 1
        }
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        if let word = arguments.first, !word.hasPrefix("-"), word != "help", !names.contains(word) {
            let shown = configuration.subcommands.filter { $0.configuration.shouldDisplay }
            let near = NearWord.of(word, in: shown.compactMap { $0.configuration.commandName })
            let advice = near.map { " Did you mean \($0)?" } ?? ""
            Output.complain(
                "aws-oidc failed: there is no command \"\(NearWord.printable(word))\".\(advice) (see aws-oidc --help)")
            return 1
        }
        let command = arguments.first.flatMap { names.contains($0) ? "aws-oidc \($0)" : nil } ?? "aws-oidc"
        Output.complain("\(command) failed: \(oneLine(message(for: error))) (see \(command) --help)")
        return 1
    }

    /// The message with its lines after one another, those of a list with commas between.
    private static func oneLine(_ message: String) -> String {
        var line = ""
        for part in message.split(separator: "\n") {
            let words = part.drop { $0 == " " }
            let item = words.hasPrefix("- ") ? words.dropFirst(2) : nil
            if !line.isEmpty { line += item != nil && line.last != ":" ? ", " : " " }
            line += item ?? words
        }
        return line.isEmpty ? "the arguments are wrong" : line
    }
}
