/// Asks the person at the terminal.
///
/// Ctrl-C ends a question with `.interrupted`, the terminal as it was before.
package protocol Prompter: Sendable {
    /// Why nobody can be asked, as the beginning of a sentence; nil where somebody can.
    var obstacle: String? { get }

    /// Shows lines before a question.
    func show(_ text: String)

    /// Lets one of the options be chosen, of which there may be thousands; gives its place.
    func select(_ question: String, from options: [String], initially: Int) throws(PromptError) -> Int

    /// Asks for a text; Enter alone takes the suggestion. What `objection` gives is said, and the question stays.
    func ask(_ question: String, suggesting: String, objection: (String) -> String?) throws(PromptError) -> String

    /// Asks for yes or no; Enter alone takes the suggestion.
    func confirm(_ question: String, suggesting: Bool) throws(PromptError) -> Bool
}

/// Why a question has no answer.
package enum PromptError: Error, Sendable, Hashable {
    /// Ctrl-C.
    case interrupted
    /// The terminal is gone, or was never there.
    case noTerminal(reason: String)
}
