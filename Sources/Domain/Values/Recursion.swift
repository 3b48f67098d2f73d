/// Whether this program was started by itself again and again: a `credential_process` that, by way of an AWS SDK, runs
/// itself would start processes until the machine has none left.
package struct Recursion: Error, Sendable, Hashable {
    /// So many levels are nobody's intention.
    package static let limit = 8

    private let culprit: String

    /// The recursion that is among these command lines, each a process that started the one before it; nil where none is.
    package init?(ancestors: [[UInt8]]) {
        var counts: [[UInt8]: Int] = [:]
        for command in ancestors where !command.isEmpty { counts[command, default: 0] += 1 }
        guard let most = counts.max(by: { $0.value < $1.value }), most.value >= Self.limit else { return nil }
        let words = most.key.split(separator: 0).prefix(2).map { String(decoding: $0, as: UTF8.self) }
        // The program tells which it is, and a script's path; any other argument is nobody's business.
        let shown = words.prefix(1) + words.dropFirst().filter { $0.hasPrefix("/") }
        culprit = PrintableText.line(shown.joined(separator: " "))
    }
}

extension Recursion: CustomStringConvertible {
    package var description: String {
        "\"\(culprit)\" runs within itself, \(Self.limit) times over: a credential_process starts an AWS SDK whose profile "
            + "has that very credential_process. Have the inner one use another profile."
    }
}
