import Domain

/// The command line's freedoms that the parser does not know, put into the form that it does.
///
/// The tool that this one replaces takes flags before the subcommand as well as after it, and switches with a
/// value (`--verbose=true`).
enum ArgumentOrder {
    /// The flags to which an empty value means something.
    private static let maybeEmpty: Set<String> = [
        "--cache", "--callback-port", "--log-file", "--login-timeout", "--node-local-cache",
    ]

    /// The flags without a value, but for `--verbose`, which counts.
    private static let switchNames = [
        "--all", "--check", "--device-code-flow", "--dry-run", "--flush-oidc-token-cache", "--force", "--json",
        "--output-duration-in-hours", "--print-only", "--prune", "--yes",
    ]

    /// The arguments with what stands before the subcommand moved behind it, switches without values, and empty values apart.
    static func normalized(_ arguments: [String]) -> [String] {
        let before = arguments.prefix(ValuedFlags.countBeforeWord(arguments[...]))
        var rest = arguments.dropFirst(before.count)
        guard let command = rest.popFirst() else { return before.flatMap(switches) }
        // What stands behind `--` belongs to somebody else, and so does for `exec` what begins with a word.
        let own =
            command == "exec" ? rest.prefix(ValuedFlags.countBeforeWord(rest)) : rest.prefix { $0 != "--" }
        var others = rest.dropFirst(own.count)
        if command == "exec", let first = others.first, first != "--" { others.insert("--", at: others.startIndex) }
        return [command] + joined(Array(before) + own).flatMap(switches) + others
    }

    /// The arguments with a negative number as the value of the flag before it, which the parser takes for a flag.
    private static func joined(_ arguments: [String]) -> [String] {
        var result: [String] = []
        for argument in arguments {
            let isNumber = argument.utf8.dropFirst().first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            if argument.hasPrefix("-"), isNumber == true, let flag = result.last, ValuedFlags.names.contains(flag) {
                result[result.count - 1] = "\(flag)=\(argument)"
            } else {
                result.append(argument)
            }
        }
        return result
    }

    private static func switches(_ argument: String) -> [String] {
        // An empty value is one that was given; the parser takes it for none.
        if argument.hasPrefix("--"), argument.hasSuffix("="), maybeEmpty.contains(String(argument.dropLast())) {
            return [String(argument.dropLast()), ""]
        }
        for flag in switchNames where argument.hasPrefix(flag + "=") {
            // The words that Go's flags take; any other is the parser's to refuse.
            switch argument.dropFirst(flag.utf8.count + 1) {
            case "1", "t", "T", "true", "TRUE", "True": return [flag]
            case "0", "f", "F", "false", "FALSE", "False": return []
            default: return [argument]
            }
        }
        return verbosity(argument)
    }

    /// `--verbose` and `-v` take a number besides.
    private static func verbosity(_ argument: String) -> [String] {
        guard let equals = argument.firstIndex(of: "="), ["--verbose", "-v"].contains(argument[..<equals]) else {
            return [argument]
        }
        let value = argument[argument.index(after: equals)...]
        if let count = Int(value) { return Array(repeating: "--verbose", count: max(0, min(count, 2))) }
        switch value {
        case "t", "T", "true", "TRUE", "True": return ["--verbose"]
        case "f", "F", "false", "FALSE", "False": return []
        default: return [argument]
        }
    }
}
