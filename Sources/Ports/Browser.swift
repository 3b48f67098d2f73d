/// The person's own browser (RFC 8252 section 8.12: never one inside the program).
package protocol Browser: Sendable {
    /// Asks for a page to be opened, and returns without waiting for the browser to end.
    ///
    /// The browser's process has a session of its own, /dev/null for its standard streams and no descriptor of ours.
    /// `BROWSER`, a colon-separated list of commands, goes first; each is split as a shell splits words and executed,
    /// never given to a shell; `%s` in it stands for the address, which else comes last. Then the platform's opener.
    ///
    /// - Throws: where nothing could be started; the person can still open the address by hand.
    func open(_ address: String) throws(BrowserError)
}

/// Why no browser was opened.
package enum BrowserError: Error, Sendable, Hashable {
    /// None is known on this machine.
    case noneFound
    /// The command could not be started.
    case notStarted(command: String, reason: String)
}

extension BrowserError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noneFound: "no browser was found; set BROWSER, or open the address by hand"
        case .notStarted(let command, let reason):
            "the browser command \(command) could not be started: \(reason); set BROWSER, or open the address by hand"
        }
    }
}
