/// The command line's freedoms that the parser does not know, put into the form that it does.
///
/// The tool that this one replaces takes its global flags before the subcommand as well as after it, and switches with a
/// value (`--verbose=true`).
enum ArgumentOrder {
    /// The global flags that take a value of their own.
    private static let valued: Set<String> = [
        "--cache", "--callback-port", "--log-file", "--login-timeout", "--node-local-cache",
    ]

    /// The arguments with what stands before the subcommand moved behind it, switches without values, and empty values apart.
    static func normalized(_ arguments: [String]) -> [String] {
        var before: [String] = []
        var rest = arguments[...]
        while let argument = rest.first, argument.hasPrefix("-"), argument != "--" {
            before.append(argument)
            rest = rest.dropFirst()
            if valued.contains(argument), let value = rest.popFirst() { before.append(value) }
        }
        guard let command = rest.popFirst() else { return before.flatMap(switches) }
        // What stands behind `--` belongs to somebody else.
        let own = command == "exec" ? flags(rest) : rest.prefix { $0 != "--" }
        var others = rest.dropFirst(own.count)
        if command == "exec", let first = others.first, first != "--" { others.insert("--", at: others.startIndex) }
        return [command] + (before + own).flatMap(switches) + others
    }

    /// What stands before the command that `exec` is to run: it begins at `--`, or at the first word that is neither a flag nor a flag's value.
    private static func flags(_ arguments: ArraySlice<String>) -> ArraySlice<String> {
        var rest = arguments
        while let argument = rest.first, argument.hasPrefix("-"), argument != "--" {
            rest = rest.dropFirst(valued.contains(argument) || execValued.contains(argument) ? 2 : 1)
        }
        return arguments.prefix(arguments.count - rest.count)
    }

    /// The flags of `exec` that take a value.
    private static let execValued: Set<String> = ["--profile", "--session-duration"]

    private static func switches(_ argument: String) -> [String] {
        // An empty value is one that was given; the parser takes it for none.
        if argument.hasPrefix("--"), argument.hasSuffix("="), valued.contains(String(argument.dropLast())) {
            return [String(argument.dropLast()), ""]
        }
        for flag in ["--flush-oidc-token-cache", "--device-code-flow"] where argument.hasPrefix(flag + "=") {
            // The words that Go's flags take; any other is the parser's to refuse.
            switch argument.dropFirst(flag.utf8.count + 1) {
            case "1", "t", "T", "true", "TRUE", "True": return [flag]
            case "0", "f", "F", "false", "FALSE", "False": return []
            default: return [argument]
            }
        }
        guard argument.hasPrefix("--verbose=") else { return [argument] }
        let value = argument.dropFirst("--verbose=".count)
        if let count = Int(value) { return Array(repeating: "--verbose", count: max(0, min(count, 2))) }
        return ["true", "t"].contains(value.lowercased()) ? ["--verbose"] : []
    }
}
