/// Whether this program was started by itself again and again: a `credential_process` that, by way of an AWS SDK, runs
/// itself would start processes until the machine has none left.
package struct Recursion: Error, Sendable, Hashable {
    /// The variable that counts how many programs `exec` has become within each other.
    package static let variable = "AWS_OIDC_DEPTH"
    /// So many levels are nobody's intention.
    package static let limit = 8

    private let culprit: String

    /// The recursion that the variable's value tells of; nil where there is none.
    package init?(depth: String?) {
        guard Self.depth(depth) >= Self.limit else { return nil }
        culprit = "aws-oidc exec"
    }

    /// The recursion that is among these command lines, each a process that started the one before it; nil where none is.
    package init?(ancestors: [[UInt8]]) {
        var counts: [[UInt8]: Int] = [:]
        for command in ancestors where !command.isEmpty { counts[command, default: 0] += 1 }
        guard let most = counts.max(by: { $0.value < $1.value }), most.value >= Self.limit else { return nil }
        // Its first words tell which it is; what follows may be long, or nobody's business.
        let words = most.key.split(separator: 0).prefix(2).map { String(decoding: $0, as: UTF8.self) }
        culprit = String(PrintableText.line(words.joined(separator: " ")).prefix(60))
    }

    /// The variable's value for a program that `exec` becomes, where it now has that one.
    package static func next(_ depth: String?) -> String { "\(Self.depth(depth) + 1)" }

    private static func depth(_ text: String?) -> Int { text.flatMap { Int($0) }.map { min(max(0, $0), 1 << 20) } ?? 0 }
}

extension Recursion: CustomStringConvertible {
    package var description: String {
        "\"\(culprit)\" runs within itself, \(Self.limit) times over: a credential_process starts an AWS SDK whose profile "
            + "has that very credential_process. Have the inner one use another profile."
    }
}
