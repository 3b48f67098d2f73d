/// Sits at a terminal: waits for words to stand on it, presses keys.
final class TerminalSession {
    let terminal: PseudoTerminal
    private let before: [UInt32]
    private(set) var shown = ""
    private var unseen = ""

    init() throws {
        terminal = try PseudoTerminal()
        before = try terminal.settings()
    }

    /// Whether the terminal is as it was, to the last key.
    var isAsItWas: Bool {
        get throws { try terminal.settings() == before }
    }

    /// Starts the program there.
    func start(_ stage: Stage, _ arguments: [String], _ environment: [String: String?] = ["TERM": "xterm"]) throws
        -> Child
    {
        try stage.start(arguments, with: environment, input: .path(terminal.path))
    }

    func see(_ words: String) async throws {
        try await wait(for: "\(words), but only: \(shown.suffix(600))") {
            let new = terminal.look()
            (shown, unseen) = (shown + new, unseen + new)
            return unseen.contains(words)
        }
        unseen = ""
    }

    func type(_ keys: String) { terminal.type(keys) }

    /// What a person reads, without the codes that move and colour.
    var text: String {
        shown.replacing(#/\u{1B}\[[0-9;?]*[A-Za-z]/#, with: "").replacing("\r\n", with: "\n").replacing(
            "\r", with: "")
    }
}
