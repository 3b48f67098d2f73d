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

    private init(unchecked seconds: Int) { self.seconds = seconds }
}

/// A length that no session may have.
package struct InvalidSessionDuration: Error, Sendable, Hashable, CustomStringConvertible {
    /// The length in seconds.
    package let seconds: Int

    package var description: String {
        "a session of \(seconds) s can't be had: AWS gives 900 s (15m) to 43200 s (12h). Correct --session-duration."
    }
}
