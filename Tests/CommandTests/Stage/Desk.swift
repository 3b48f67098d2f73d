import Foundation
import Testing

/// Somebody at a terminal, at which a command runs.
final class Desk {
    let terminal: PseudoTerminal
    let child: Child
    let settingsBefore: [UInt32]
    private(set) var shown = ""

    init(_ stage: Stage, _ arguments: [String], _ changes: [String: String?]) throws {
        terminal = try PseudoTerminal()
        settingsBefore = try terminal.settings()
        child = try stage.start(arguments, with: changes, input: .path(terminal.path))
    }

    /// All that stands on the terminal.
    func look() -> String {
        while case let more = terminal.look(), !more.isEmpty { shown += more }
        return shown
    }

    func wait(for text: String) async throws {
        try await CommandTests.wait(for: "\"\(text)\" on the terminal") { look().contains(text) }
    }

    func address() async throws -> String {
        try await CommandTests.wait(for: "an address on the terminal") {
            look().contains(/http:\/\/\S+\/authorize\?\S+\s/)
        }
        return String(try #require(shown.firstMatch(of: /http:\/\/\S+\/authorize\?\S+/)?.0))
    }

    /// Types a line as fast as it is read.
    func enter(_ line: String) async throws {
        var rest = Array((line + "\n").utf8)[...]
        try await CommandTests.wait(for: "all of a line to be typed") {
            rest = rest.dropFirst(terminal.type(rest))
            return rest.isEmpty
        }
    }
}
