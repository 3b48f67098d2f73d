/// How `env` writes variables, for whoever reads them.
package enum EnvironmentFormat: String, Sendable, CaseIterable {
    /// `docker run --env-file`: a name, `=`, and everything up to the line's end; nothing is quoted, nothing can be.
    case docker
    /// Files of the `dotenv` libraries, which agree about little: quoted so that the common ones read the same.
    case dotenv
    /// `eval` in bash, and in every other shell of POSIX's kind.
    case bash
    /// `source` in fish.
    case fish
    /// `Invoke-Expression` in PowerShell.
    case powershell
    /// One JSON object of texts.
    case json

    /// The text that sets these variables, and has a shell forget those names; a file can't have anybody forget anything.
    ///
    /// - Throws: where a value can't be written in this format.
    package func text(_ variables: [EnvironmentVariable], forgetting names: [String] = [])
        throws(EnvironmentFormatError) -> Secret
    {
        for variable in variables where !canHold(variable.value.revealed) {
            throw EnvironmentFormatError(format: self, name: variable.name)
        }
        if self == .json { return Secret(Self.object(variables)) }
        let forgotten = names.compactMap(forget)
        let set = variables.map { assignment($0.name, $0.value.revealed) }
        return Secret((forgotten + set).map { $0 + "\n" }.joined())
    }

    /// No environment holds a NUL.
    ///
    /// Docker's file has no quotation, so that a line's end is a value's end, and its reader drops a CR before it.
    private func canHold(_ value: String) -> Bool {
        value.unicodeScalars.allSatisfy { $0 != "\0" && (self != .docker || ($0 != "\n" && $0 != "\r")) }
    }

    private func assignment(_ name: String, _ value: String) -> String {
        switch self {
        case .docker, .json: "\(name)=\(value)"
        case .dotenv: "\(name)=\(Self.dotenvQuoted(value))"
        case .bash: "export \(name)=\(Self.quoted(value) { $0 == "'" ? "'\\''" : nil })"
        case .fish: "set -gx \(name) \(Self.quoted(value) { $0 == "'" || $0 == "\\" ? "\\\($0)" : nil })"
        // PowerShell takes typographic quotes for quotes, and two of any kind for the second one.
        case .powershell: "$Env:\(name) = \(Self.quoted(value) { Self.quotes.contains($0) ? "\($0)\($0)" : nil })"
        }
    }

    private func forget(_ name: String) -> String? {
        switch self {
        case .docker, .dotenv, .json: nil
        case .bash: "unset \(name)"
        case .fish: "set -e \(name)"
        case .powershell: "$Env:\(name) = $null"
        }
    }

    private static let quotes: Set<Unicode.Scalar> = ["'", "\u{2018}", "\u{2019}", "\u{201A}", "\u{201B}"]

    /// The value in single quotes, in which nothing but what is replaced has a meaning.
    private static func quoted(_ value: String, replacing: (Unicode.Scalar) -> String?) -> String {
        // By scalars: a quote with an accent after it would be one Character.
        var text = String.UnicodeScalarView("'".unicodeScalars)
        for scalar in value.unicodeScalars {
            if let replacement = replacing(scalar) {
                text.append(contentsOf: replacement.unicodeScalars)
            } else {
                text.append(scalar)
            }
        }
        return String(text) + "'"
    }

    /// Single quotes where they do: no library finds a meaning inside them.
    ///
    /// Else double ones, with escapes.
    private static func dotenvQuoted(_ value: String) -> String {
        let escapes: [Unicode.Scalar: String] = [
            "\\": "\\\\", "\"": "\\\"", "$": "\\$", "`": "\\`", "\n": "\\n", "\r": "\\r",
        ]
        guard value.unicodeScalars.contains(where: { "'\\\n\r".unicodeScalars.contains($0) }) else {
            return quoted(value) { _ in nil }
        }
        return "\"" + String(quoted(value) { escapes[$0] }.dropFirst().dropLast()) + "\""
    }

    private static func object(_ variables: [EnvironmentVariable]) -> String {
        let members = variables.map { "  \(JSONText.quoted($0.name)): \(JSONText.quoted($0.value.revealed))" }
        return "{\n" + members.joined(separator: ",\n") + "\n}\n"
    }
}

/// A value that a format has no way to write.
package struct EnvironmentFormatError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The format.
    package let format: EnvironmentFormat
    /// The variable whose value it is.
    package let name: String

    package var description: String {
        format == .docker
            ? "the value of \(name) has a line end, which docker's env-file format can't hold. Correct the profile, or choose another --format."
            : "the value of \(name) has a NUL character, which no environment can hold. Correct the profile."
    }
}
