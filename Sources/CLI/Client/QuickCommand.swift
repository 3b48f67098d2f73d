import ClientComposition
import Domain

/// `exec` and `env` with nothing but their common flags, and credentials at hand: answered without the argument parser, which takes longer than all else.
///
/// It decides nothing that the whole command would decide otherwise: whatever it does not know is the parser's.
enum QuickCommand {
    /// Runs the command to its end, and gives its exit code; nil where the whole command is needed.
    static func run(_ arguments: [String]) -> Int32? {
        guard let name = arguments.first, name == "exec" || name == "env" else { return nil }
        let own = arguments.dropFirst().prefix { $0 != "--" }
        let words = arguments.dropFirst(own.count + 2)
        guard let flags = flags(own), let profile = profile(flags) else { return nil }
        var common = ClientSettings(environment: Environment.variables)
        common.nodeLocalFlag = flags["--node-local-cache"]
        common.version = Version.text
        // A store that there is not is told by the parser.
        if let text = common.cacheText, TokenCacheChoice(text) == nil { return nil }
        let composition = ClientComposition(common)
        let answer: Answer?
        if name == "exec", !words.isEmpty, flags["--format"] == nil {
            answer = ExecCall(profile: profile, wordCount: words.count).performAtOnce(composition)
        } else if name == "env", own.count == arguments.count - 1 {
            let format = flags["--format"].map(EnvironmentFormat.init(rawValue:)) ?? .docker
            answer = format.flatMap { EnvCall(profile: profile, format: $0).performAtOnce(composition) }
        } else {
            answer = nil
        }
        return answer.map { ClientRun(name: name, composition: composition).toEnd($0) }
    }

    private static func profile(_ flags: [String: String]) -> ProfileCall? {
        var call = ProfileCall(profile: flags["--profile"])
        if let text = flags["--session-duration"] {
            guard let duration = try? SessionDuration(text) else { return nil }
            call.duration = duration
        }
        return call
    }

    /// `--flag value` and `--flag=value`; nil where there is a flag that is not common, one twice, or one without a value.
    private static func flags(_ arguments: ArraySlice<String>) -> [String: String]? {
        let known: Set = ["--profile", "--session-duration", "--node-local-cache", "--format"]
        var flags: [String: String] = [:]
        var rest = arguments
        while let argument = rest.popFirst() {
            // How a sign-in would take place does not matter where there is none.
            if argument == "--device-code-flow" { continue }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            let value = parts.count > 1 ? String(parts[1]) : rest.popFirst()
            guard known.contains(name), let value, !value.isEmpty, !value.hasPrefix("-"),
                flags.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        return flags
    }
}
