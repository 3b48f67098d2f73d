/// What a profile's `credential_process` asks of us, if it is ours.
///
/// The command may stand there as people and tools have written it: by name or path, with variables before it (`env`
/// too), behind another program, in `sh -c '…'`, with `2> /dev/tty` after it, its flags as `--flag value` or
/// `--flag=value`, before or after `creds-process`. Nothing is checked and nothing expanded here: values are as written.
package struct CredentialProcess: Sendable, Hashable {
    /// Whether `aws-oidc` itself is named.
    ///
    /// Where it is not, a program of another name is given all the flags that we would need, as a wrapper script is: good
    /// enough to use, not to say that the profile is of our making.
    package let namesOwnProgram: Bool
    /// Whether another program starts it, or variables are set before it; a plain `sh -c '…'` is no such program.
    package let isWrapped: Bool
    /// The variables that are set before the command.
    package let environment: [String: String]
    /// The values of the flags, by their names without `--`; of one that stands twice the last.
    ///
    /// A switch has `true`, or what is written behind its `=`; `-v` counts as `verbose`.
    package private(set) var flags: [String: String]
    /// What else stands behind the program: flags that are not known, and further words.
    package let others: [String]
    /// Whether a shell would put something else for a `$` or a backquote in the command before we saw it.
    package let isExpandedByShell: Bool

    /// The value of `--issuer-url`.
    package var issuerURL: String? { flags["issuer-url"] }
    /// The value of `--client-id`.
    package var clientID: String? { flags["client-id"] }
    /// The value of `--aws-role-arn`.
    package var roleARN: String? { flags["aws-role-arn"] }
    /// `--node-local-cache`, else the variable that stands before the command.
    package var nodeLocalCache: String? { flags["node-local-cache"] ?? environment["AWS_OIDC_NODE_LOCAL_CACHE"] }
    /// `--cache`, else the variable that stands before the command.
    package var cache: String? { flags["cache"] ?? environment["AWS_OIDC_CACHE"] }
    /// `--session-duration`, in Go's syntax.
    package var sessionDuration: String? { flags["session-duration"] }
    /// The value of `--region`.
    package var region: String? { flags["region"] }
    /// The first flag that it can't do without and does not have.
    var missingFlag: String? {
        ["issuer-url", "client-id", "aws-role-arn"].first { (flags[$0] ?? "").isEmpty }.map { "--" + $0 }
    }
    /// Why `creds-process` would refuse the flags of the command, as words that a sentence may end with; nil where nothing
    /// is known of that.
    ///
    /// A program of another name may take flags of its own, and so may one that a shell's script goes on with.
    package var refusal: String? {
        guard namesOwnProgram else { return nil }
        let own = others.prefix { !$0.contains { "|&;()<>$`".contains($0) } }
        let strange = own.first { $0.utf8.count > 1 && $0.hasPrefix("-") && $0 != "--" }
        return strange.map {
            "creds-process can make nothing of the \($0) in its credential_process: correct it, or take it out"
        }
    }
    /// Whether the switch is on: `--device-code-flow`, or `=true`, `=1`, `=t` after it.
    package func isOn(_ name: String) -> Bool {
        // The words that Go's flags take for true.
        ["1", "t", "T", "true", "TRUE", "True"].contains(flags[name] ?? "")
    }

    /// The program by whose name we know a profile as ours.
    package static let programName = "aws-oidc"

    /// Reads the value of `credential_process`; nil where it is not ours.
    ///
    /// - Throws: where a quotation has no end.
    package init?(_ command: String) throws(ShellWordsError) {
        guard let line = try CommandWords.find(command) else { return nil }
        var flags: [String: String] = [:]
        var others: [String] = []
        var isCredsProcess = false
        var rest = line.arguments
        while let word = rest.popFirst() {
            if let (name, value) = Self.flag(word, &rest) {
                flags[name] = value
            } else if word == "creds-process", !isCredsProcess {
                isCredsProcess = true
            } else {
                others.append(word)
            }
        }
        let isWhole = ["issuer-url", "client-id", "aws-role-arn"].allSatisfy { flags[$0] != nil }
        guard line.namesOwnProgram ? isCredsProcess : isWhole else { return nil }
        (self.flags, self.others, environment) = (flags, others, line.environment)
        (namesOwnProgram, isExpandedByShell) = (line.namesOwnProgram, line.isExpandedByShell)
        isWrapped = line.isWrapped
    }

    /// Whether it says no more than what we write ourselves, whatever it leaves out.
    package var isOfOurMaking: Bool {
        namesOwnProgram && !isWrapped && !isExpandedByShell && others.isEmpty
            && flags.keys.allSatisfy(["issuer-url", "client-id", "aws-role-arn"].contains)
    }

    /// The same command for another role.
    func of(role: String) -> CredentialProcess {
        var other = self
        other.flags["aws-role-arn"] = role
        return other
    }

    private static let valued: Set = [
        "issuer-url", "client-id", "aws-role-arn", "node-local-cache", "cache", "session-duration", "region",
        "log-file", "login-timeout", "callback-port",
    ]
    private static let switches: Set = ["device-code-flow", "flush-oidc-token-cache", "verbose"]

    /// The flag that this word is, with its value, which may be the next word.
    private static func flag(_ word: String, _ rest: inout ArraySlice<String>) -> (String, String)? {
        if word.hasPrefix("-v="), word.utf8.count > 3 { return ("verbose", String(word.dropFirst(3))) }
        if word.utf8.count > 1, word.first == "-", word.dropFirst().allSatisfy({ $0 == "v" }) {
            return ("verbose", "true")
        }
        guard word.utf8.starts(with: "--".utf8) else { return nil }
        let text = word.utf8.dropFirst(2)
        let equals = text.firstIndex(of: UInt8(ascii: "="))
        let name = String(text[..<(equals ?? text.endIndex)]) ?? ""
        let own = equals.flatMap { String(text[text.index(after: $0)...]) }
        if valued.contains(name) {
            guard let value = own ?? rest.popFirst() else { return nil }
            return (name, value)
        }
        return switches.contains(name) ? (name, own ?? "true") : nil
    }
}
