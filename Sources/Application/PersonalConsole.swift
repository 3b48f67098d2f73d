import Domain
import Ports

/// What a person who waits for a sign-in sees of it at their terminal, and can enter there.
struct PersonalConsole: Sendable {
    let key: TokenKey
    let console: any SignInConsole
    let http: any HTTPClient
    let time: any TimeSource
    let notices: any Notices
    let use: ConsoleUse
    let began: Double

    /// Begins to use the terminal as far as it may be used; nil where there is none, or it may not.
    init?(
        key: TokenKey, _ use: ConsoleUse, _ console: any SignInConsole, http: any HTTPClient, time: any TimeSource,
        notices: any Notices
    ) {
        guard use != .untouched, console.begin(reading: use == .read) else { return nil }
        (self.key, self.console, self.http, self.time, self.notices, self.use) = (
            key, console, http, time, notices, use
        )
        began = time.uptime()
    }

    /// Tells a line, with nothing of ours in its way.
    func tell(_ line: String) {
        console.show(nil)
        notices.tell(line)
    }

    /// Shows how long it has taken, or how long there is left; takes what was entered.
    func turn(_ prompt: SignInPrompt) {
        let now = time.uptime()
        switch prompt.way {
        case .browser(let redirectURI, _):
            if use == .read {
                for line in console.lines() where !line.allSatisfy(\.isWhitespace) {
                    accept(line, redirectURI, prompt.address)
                }
            }
            console.show("Waiting for the browser… \(GoDuration.text(seconds: Int64(now - began)))")
        case .device(_, let deadline):
            // Nothing can be entered here; what is typed all the same is read so that it goes nowhere else.
            if use == .read { _ = console.lines() }
            let left = max(0, Int64(deadline - now))
            console.show("Waiting for the code to be entered… \(GoDuration.text(seconds: left)) left")
        }
    }

    /// Gives the terminal back.
    func end() { console.end() }

    private func accept(_ line: String, _ redirectURI: String, _ signInAddress: String) {
        switch PastedAddress(line: line, redirectURI: redirectURI, signInAddress: signInAddress) {
        case .other(let reason): tell("Ignored: \(reason)")
        case .redirect(let address):
            tell("Taken: the sign-in goes on with that address.")
            // Its answer is the page at the end: who waits for it must not keep this loop from going on.
            Task { await deliver(address) }
        }
    }

    private func deliver(_ address: Secret) async {
        guard let answer = try? await http.send(HTTPRequest(.get, address.revealed, timeout: 60)),
            answer.status == 400, answer[header: "Content-Type"]?.hasPrefix("text/plain") == true
        else { return }
        // The listener's own sentence; the outcome of what it took stands in the journal.
        tell("Ignored: \(PrintableText.line(String(decoding: answer.body, as: UTF8.self)))")
    }
}

/// What is done with the terminal of the person while a sign-in waits.
package enum ConsoleUse: Sendable, Hashable {
    /// It belongs to the program that we were started by.
    case untouched
    /// Progress is shown.
    case shown
    /// Progress is shown, and the address that a browser elsewhere ended at can be entered.
    case read
}
