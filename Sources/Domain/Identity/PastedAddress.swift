/// A line that somebody entered while a sign-in waits for its redirect: the address that their browser ended at, or not.
///
/// Only a whole address of this very sign-in counts: with the redirect URI's host and port, and with our state. Whether
/// the rest of it is an answer is judged where the redirect arrives.
package enum PastedAddress: Sendable, Hashable {
    /// The address to be fetched from the loopback listener.
    case redirect(Secret)
    /// It is no answer to this sign-in, for that reason.
    case other(reason: String)

    /// Judges a line, for the sign-in that is waiting at this redirect URI and whose page has that address.
    package init(line: String, redirectURI: String, signInAddress: String) {
        let text = Self.bare(line)
        guard let found = WebAddress(text), let own = WebAddress(redirectURI) else {
            self = .other(reason: "that is no address; it begins with \(redirectURI)/?")
            return
        }
        guard !found.isSecure, found.isLoopback, found.port == own.port else {
            self = .other(reason: "that is another address; the one to paste begins with \(redirectURI)/?")
            return
        }
        guard let query = Self.query(found.path, of: "/") ?? Self.query(found.path, of: ""),
            query.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else {
            self = .other(reason: "that is not the whole address; it begins with \(redirectURI)/? and goes on")
            return
        }
        let asked = Self.state(signInAddress.drop { $0 != "?" }.dropFirst())
        guard let state = Self.state(query[...]) else {
            self = .other(reason: "that is not the whole address: it has no state")
            return
        }
        guard let asked, !asked.isEmpty, ConstantTime.areEqual(state, asked) else {
            self = .other(reason: "that address is of another sign-in: its state is not that of this one")
            return
        }
        self = .redirect(Secret(redirectURI + "/?" + query))
    }

    /// The line without what terminals, mails and chats put around an address: blanks, marks of a paste, brackets, quotes.
    private static func bare(_ line: String) -> String {
        let isControl = { (character: Character) in character.asciiValue.map { $0 < 0x20 || $0 == 0x7f } ?? false }
        let begun = line.drop { !$0.isLetter }.prefix { !isControl($0) }
        return String(begun.reversed().drop { $0.isWhitespace || ">\"'›”".contains($0) }.reversed())
    }

    /// The query, without its fragment, of what stands behind the host, if the path before it is that.
    private static func query(_ rest: String, of path: String) -> String? {
        guard rest.hasPrefix(path + "?") else { return nil }
        return String(rest.dropFirst(path.utf8.count + 1).prefix { $0 != "#" })
    }

    private static func state(_ query: Substring) -> String? {
        PercentEncoding.pairs(ofQuery: query)?.first { $0.name == "state" }?.value
    }
}
