/// Waits on this machine's loopback for the browser to come back from the identity provider (RFC 8252 section 7.3).
package protocol RedirectListener: Sendable {
    /// Starts to listen: on the first port of 49152–49215 that is free on 127.0.0.1 and on ::1 alike, never on any other address.
    ///
    /// A machine without IPv6 listens on 127.0.0.1 alone. The sockets are open when this returns, and are not inherited by children.
    func open() throws(RedirectListenerError) -> any OpenRedirect
}

/// A loopback listener that is open.
package protocol OpenRedirect: Sendable {
    /// The redirect URI: `http://localhost:PORT`, with no path, as identity providers have it registered.
    var redirectURI: String { get }

    /// Waits for the answer that `judge` takes.
    ///
    /// Only `GET /` with a Host header of this listener reaches `judge`, with its query undecoded; any other path is
    /// answered 404, another method 405, another host 400. What `judge` ignores is answered 400 and the wait goes on.
    /// The request that it takes stays open until `finish`.
    ///
    /// - Throws: `.timedOut` after so many seconds, `.cancelled` when the task is cancelled.
    func answer(within seconds: Double, judge: @escaping @Sendable (_ query: String) -> RedirectVerdict)
        async throws(RedirectListenerError) -> String

    /// Sends the page to the browser that waits for it (no-store, a CSP, no referrer; the text is escaped), and closes every socket.
    ///
    /// Calling it again, or with nobody waiting, only closes.
    func finish(_ page: RedirectPage)
}

/// What to do with a request that came to the redirect URI.
package enum RedirectVerdict: Sendable {
    /// It is the answer to our request.
    case take
    /// It is a stranger's: go on waiting.
    case ignore(reason: String)
}

/// The page that the person sees at the end, in the browser.
package struct RedirectPage: Sendable {
    /// The heading, as plain text.
    package let title: String
    /// The sentence below it, as plain text.
    package let text: String
    /// Whether the sign-in succeeded: status 200, else 400.
    package let succeeded: Bool

    /// A page.
    package init(title: String, text: String, succeeded: Bool) {
        self.title = title
        self.text = text
        self.succeeded = succeeded
    }
}

/// Why the loopback listener can't be had or did not hear.
package enum RedirectListenerError: Error, Sendable, Hashable {
    /// Every port of the range is taken.
    case allPortsTaken(first: UInt16, last: UInt16)
    /// The loopback itself can't be listened on.
    case unavailable(reason: String)
    /// Nobody came in time.
    case timedOut(seconds: Double)
    /// The task was cancelled.
    case cancelled
}

extension RedirectListenerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .allPortsTaken(let port, let last) where port == last:
            "port \(port) on localhost is taken, and the identity provider redirects to it. "
                + "End the program that holds it (ss -ltnp shows it), or name another port by --callback-port."
        case .allPortsTaken(let first, let last):
            "every port from \(first) to \(last) on localhost is taken, and the identity provider redirects to one of them. "
                + "End the programs that hold them (ss -ltnp shows them), then run it again."
        case .unavailable(let reason):
            "localhost can't be listened on: \(reason)."
        case .timedOut(let seconds):
            "nobody signed in within \(Int(seconds)) s. Run it again and complete the sign-in in the browser."
        case .cancelled:
            "the sign-in was cancelled."
        }
    }
}
