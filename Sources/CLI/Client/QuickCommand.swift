import ClientComposition
import CommandLineBasics
import Domain

/// What is asked often, with nothing but common flags: answered without the argument parser, which takes longer than all else.
///
/// `exec` and `env` where credentials are at hand, `status` and `profiles`.
///
/// It decides nothing that the whole command would decide otherwise: whatever it does not know is the parser's.
enum QuickCommand {
    /// Runs the command to its end, and gives its exit code; nil where the whole command is needed.
    static func run(_ arguments: [String]) -> Int32? {
        guard let name = arguments.first else { return nil }
        switch name {
        case "exec", "env": return environment(name, arguments)
        case "status", "profiles": return list(name, arguments.dropFirst())
        default: return nil
        }
    }

    private static func list(_ name: String, _ flags: ArraySlice<String>) -> Int32? {
        guard flags.isEmpty || flags == ["--json"], let settings = settings() else { return nil }
        let call = ListCall(isJSON: !flags.isEmpty)
        let composition = ClientComposition(settings)
        // What is wrong is told by the whole command.
        let answer = try? name == "status" ? call.status(composition) : call.profiles(composition)
        return answer.map { ClientRun(name: name, composition: composition).toEnd($0) }
    }

    /// Settings without flags; nil where the environment has what the parser refuses.
    private static func settings(nodeLocalFolder: String? = nil) -> ClientSettings? {
        var settings = ClientSettings(environment: Environment.variables)
        settings.nodeLocalFlag = nodeLocalFolder
        settings.version = Version.text
        if settings.credentialsCacheProblem != nil || settings.wrongNodeLocalText != nil { return nil }
        if let text = settings.cacheText, TokenCacheChoice(text) == nil { return nil }
        return settings.callbackPortText != nil && settings.callbackPort == nil ? nil : settings
    }

    private static func environment(_ name: String, _ arguments: [String]) -> Int32? {
        let own = arguments.dropFirst().prefix { $0 != "--" }
        let words = arguments.dropFirst(own.count + 2)
        guard let flags = PlainFlags.read(own, known: known), let profile = profile(flags),
            let settings = settings(nodeLocalFolder: flags["--node-local-cache"])
        else { return nil }
        let composition = ClientComposition(settings)
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

    private static let known = ["--profile", "--session-duration", "--node-local-cache", "--format"]
}
