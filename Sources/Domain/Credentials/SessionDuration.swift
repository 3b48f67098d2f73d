/// `DurationSeconds`: how long a session may last, 15 minutes to 12 hours (API_AssumeRoleWithWebIdentity).
///
/// A role's own maximum may be shorter; only STS knows it.
package struct SessionDuration: Sendable, Hashable {
    /// The length in seconds.
    package let seconds: Int

    /// What AWS takes, in seconds.
    package static let allowed = 900...43200

    /// The length that is asked for unless told otherwise, and that every role allows.
    package static let oneHour = SessionDuration(unchecked: 3600)

    /// So many seconds.
    ///
    /// - Throws: `InvalidSessionDuration` where AWS would not take it.
    package init(seconds: Int) throws(InvalidSessionDuration) {
        guard Self.allowed.contains(seconds) else { throw InvalidSessionDuration(seconds: seconds) }
        self.seconds = seconds
    }

    /// The length that a duration such as `1h30m` names (`GoDuration`), without fractions of a second.
    ///
    /// - Throws: where it names none, or one that AWS would not take.
    package init(_ text: String) throws(InvalidSessionDuration) {
        guard let seconds = GoDuration.seconds(text) else { throw InvalidSessionDuration(text: text) }
        try self.init(seconds: Int(seconds))
    }

    private init(unchecked seconds: Int) { self.seconds = seconds }
}

/// A length that no session may have.
package struct InvalidSessionDuration: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(seconds: Int) {
        description =
            "a session of \(seconds) s can't be had: AWS gives 900 s (15m) to 43200 s (12h). Correct --session-duration."
    }

    init(text: String) {
        description =
            "\"\(PrintableText.line(text))\" is no duration such as 1h, 90m or 2h30m. Correct --session-duration."
    }
}
