import Domain
package import Ports

/// Asks the person at /dev/tty, whatever standard input and output are.
package struct TerminalPrompter: Prompter {
    private let kind: String
    private let isPlain: Bool

    /// The prompts of this process; `kind` is what `TERM` says of the terminal, and a plain one shows nothing in bold.
    package init(kind: String?, isPlain: Bool = false) {
        self.kind = kind ?? ""
        self.isPlain = isPlain
    }

    package var obstacle: String? {
        if !Terminal.isThere { return "there is no terminal to ask at" }
        // The lists are drawn anew in their place.
        if kind.isEmpty { return "TERM does not say what this terminal is" }
        return kind == "dumb" ? "this terminal (TERM=dumb) can't show the questions" : nil
    }

    package func show(_ text: String) {
        TerminalNotices().tell(String(text.hasSuffix("\n") ? text.dropLast() : text[...]))
    }

    package func select(_ question: String, from options: [String], initially: Int) throws(PromptError) -> Int {
        let terminal = try RawTerminal()
        let screen = SelectionScreen(terminal, question, isPlain: isPlain)
        var list = SelectionList(options.map(PrintableText.line), initially: initially)
        screen.draw(list)
        while true {
            let page = screen.height
            switch try key(terminal, screen.clear) {
            case .enter:
                guard let choice = list.choice else { continue }
                screen.finish(options[choice])
                return choice
            case .up: list.move(by: -1)
            case .down: list.move(by: 1)
            case .pageUp: list.move(by: -page)
            case .pageDown: list.move(by: page)
            case .home: list.move(by: -list.count - 1)
            case .end: list.move(by: list.count + 1)
            case .erase: list.eraseLast()
            case .eraseAll: list.eraseAll()
            case .text(let text): list.type(text)
            case .resumed: screen.begin()
            case .interrupt, .endOfInput, .suspend, .other: continue
            }
            screen.draw(list)
        }
    }

    package func ask(_ question: String, suggesting: String, objection: (String) -> String?) throws(PromptError)
        -> String
    {
        let terminal = try RawTerminal()
        let prompt = "? \(question) [\(suggesting)]: "
        var text = ""
        terminal.write(prompt)
        while true {
            switch try key(terminal, {}) {
            case .enter:
                let answer = text.isEmpty ? suggesting : text
                guard let reason = objection(answer) else {
                    terminal.write("\r\u{1B}[K? \(question): \(answer)\n")
                    return answer
                }
                terminal.write("\n  \(reason)\n\(prompt)")
                text = ""
                continue
            case .erase: if !text.isEmpty { text.removeLast() }
            case .eraseAll: text = ""
            case .text(let typed): text += typed
            case .resumed: break
            default: continue
            }
            terminal.write("\r\u{1B}[K\(prompt)\(text)")
        }
    }

    package func confirm(_ question: String, suggesting: Bool) throws(PromptError) -> Bool {
        let terminal = try RawTerminal()
        let prompt = "? \(question) \(suggesting ? "[Y/n]" : "[y/N]") "
        terminal.write(prompt)
        while true {
            let answer: Bool
            switch try key(terminal, {}) {
            case .enter: answer = suggesting
            case .text("y"), .text("Y"): answer = true
            case .text("n"), .text("N"): answer = false
            case .resumed:
                terminal.write("\r\u{1B}[K\(prompt)")
                continue
            default: continue
            }
            terminal.write(answer ? "yes\n" : "no\n")
            return answer
        }
    }

    /// The next key; Ctrl-C, and Ctrl-D where nothing could be meant by it, end the question.
    private func key(_ terminal: RawTerminal, _ clear: () -> Void) throws(PromptError) -> Key {
        let key = try terminal.key()
        guard key == .interrupt || key == .endOfInput else { return key }
        clear()
        terminal.write("\n")
        throw .interrupted
    }
}

/// The lines of a question with options, drawn anew in their place with each key.
private final class SelectionScreen {
    private let terminal: RawTerminal
    private let question: String
    private let isPlain: Bool
    private var linesBelow = 0

    init(_ terminal: RawTerminal, _ question: String, isPlain: Bool) {
        self.terminal = terminal
        self.question = question
        self.isPlain = isPlain
    }

    /// How many options are shown at a time.
    var height: Int { max(3, min(10, terminal.size.rows - 3)) }

    func draw(_ list: SelectionList) {
        let columns = terminal.size.columns
        func cut(_ line: String) -> String { line.count < columns ? line : String(line.prefix(columns - 2)) + "…" }
        let (options, cursor) = list.window(height)
        var lines = ["? \(question) \(list.filter.isEmpty ? "" : list.filter)"].map(cut)
        for (place, option) in options.enumerated() {
            let line = cut((place == cursor ? "> " : "  ") + option)
            lines.append(place == cursor && !isPlain ? "\u{1B}[1m\(line)\u{1B}[0m" : line)
        }
        if list.matches.isEmpty { lines.append(cut("  nothing fits; erase a letter")) }
        let count = list.matches.count == list.count ? "\(list.count)" : "\(list.matches.count) of \(list.count)"
        lines.append(cut("  \(count); arrow keys move, typing filters, Enter takes"))
        terminal.write(top + lines.joined(separator: "\u{1B}[K\n") + "\u{1B}[K\u{1B}[J")
        linesBelow = lines.count - 1
    }

    /// Draws below what stands there now.
    func begin() { linesBelow = 0 }

    /// Leaves the question and its answer.
    func finish(_ answer: String) {
        terminal.write(top + "\u{1B}[J? \(question) \(PrintableText.line(answer))\n")
    }

    /// Leaves the question alone.
    func clear() { terminal.write(top + "\u{1B}[J? \(question)") }

    private var top: String { "\r" + (linesBelow > 0 ? "\u{1B}[\(linesBelow)A" : "") }
}
