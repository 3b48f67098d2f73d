/// Reads the commands of many profiles, of which most differ in their role alone: the rest of such a command is taken apart once.
package struct CredentialProcessReader {
    private var known: [String: CredentialProcess] = [:]
    private var issuers: [String: String?] = [:]

    /// A reader that has read nothing.
    package init() {}

    /// What `CredentialProcess(_:)` gives, and whether a command of another role, but else the same, was read before.
    package mutating func read(_ command: String) throws(ShellWordsError)
        -> (process: CredentialProcess?, isKnown: Bool)
    {
        guard let (role, rest) = Self.withoutRole(command) else { return (try CredentialProcess(command), false) }
        if let process = known[rest] { return (process.of(role: role), true) }
        let process = try CredentialProcess(command)
        // Elsewhere the text is some other flag's value.
        if let process, process.roleARN == role { known[rest] = process }
        return (process, false)
    }

    /// What is wrong with the command's issuer, which most have in common; nil also where only a shell knows it.
    mutating func issuerProblem(_ process: CredentialProcess) -> String? {
        guard let text = process.issuerURL, !(process.isExpandedByShell && text.contains { $0 == "$" || $0 == "`" })
        else { return nil }
        if let known = issuers[text] { return known }
        var problem: String?
        do {
            _ = try Issuer(text)
        } catch {
            problem = "\(error)"
        }
        issuers[text] = .some(problem)
        return problem
    }

    /// The value of `--aws-role-arn=VALUE` and the command without it; nil where it is not there once, and plain.
    private static func withoutRole(_ command: String) -> (role: String, rest: String)? {
        var command = command
        return command.withUTF8 { bytes in
            guard let start = valueStart(bytes, from: 0) else { return nil }
            var end = start
            while end < bytes.count, isPlain(bytes[end]) { end += 1 }
            guard end > start, end == bytes.count || bytes[end] == UInt8(ascii: " "),
                valueStart(bytes, from: end) == nil
            else { return nil }
            return (
                String(decoding: bytes[start..<end], as: UTF8.self),
                String(decoding: bytes[..<start], as: UTF8.self) + String(decoding: bytes[end...], as: UTF8.self)
            )
        }
    }

    private static func valueStart(_ bytes: UnsafeBufferPointer<UInt8>, from: Int) -> Int? {
        let flag: StaticString = " --aws-role-arn="
        return flag.withUTF8Buffer { flag in
            var start = from
            while start + flag.count <= bytes.count {
                var length = 0
                while length < flag.count, bytes[start + length] == flag[length] { length += 1 }
                if length == flag.count { return start + length }
                start += 1
            }
            return nil
        }
    }

    /// Whether a byte means nothing to a shell.
    private static func isPlain(_ byte: UInt8) -> Bool {
        NameCharacters.contains(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "/")
    }
}
