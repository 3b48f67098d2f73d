/// Shares final answers of a server among the processes of this host, so that sixty of them don't ask sixty times.
package protocol VerdictBoard: Sendable {
    /// Tells all who wait, and all who come within the next seconds.
    func post(_ verdict: Verdict, on subject: String)

    /// The last verdict on a subject, if it was posted at or after that uptime (`TimeSource.uptime`).
    func verdict(on subject: String, since uptime: Double) -> Verdict?
}

/// A final answer: asking again at once would give the same.
package struct Verdict: Error, Sendable, Hashable, CustomStringConvertible {
    /// The sentence for the person.
    package let description: String

    /// A verdict.
    package init(_ sentence: String) {
        description = sentence
    }
}
