/// The flags of a call that needs no parser, since they are few and plainly written.
package enum PlainFlags {
    /// The values of `--flag value` and `--flag=value`; nil where there is a flag that is not known, one twice, or one without a value.
    package static func read(_ arguments: ArraySlice<String>, known: [String]) -> [String: String]? {
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
