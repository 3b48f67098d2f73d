import Foundation

extension Stage {
    /// The plain line of a profile that is ours.
    var processLine: String { "aws-oidc " + credsProcess.joined(separator: " ") }

    /// Writes `~/.aws/config`.
    func configure(_ text: String) throws {
        try FileManager.default.createDirectory(atPath: home + "/.aws", withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: home + "/.aws/config"))
    }

    /// Writes `~/.aws/config` with a profile `dev` that is ours, and nothing else.
    func configureProfile(_ more: String = "") throws {
        try configure("[profile dev]\ncredential_process = \(processLine)\n\(more)")
    }

    /// Makes an executable file in the folder, and gives its path.
    func script(_ name: String, _ text: String, mode: Int = 0o755) throws -> String {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }
}

/// What a NUL-separated or line-separated list of `NAME=value` says.
func assignments(_ text: String, separator: Character = "\n") -> [String: [String]] {
    Dictionary(
        grouping: text.split(separator: separator).map(String.init), by: { String($0.prefix { $0 != "=" }) }
    ).mapValues { $0.map { String($0.drop { $0 != "=" }.dropFirst()) } }
}
