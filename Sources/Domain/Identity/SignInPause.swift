/// How long a program that nobody sits at waits after sign-ins that nobody answered.
///
/// Background tools call `creds-process` every minute, all night: each would open one more browser tab.
package struct SignInPause: Sendable, Hashable {
    /// How many sign-ins in a row were not answered; at least 1.
    package let unanswered: Int
    /// When the last of them began.
    package let last: Timestamp

    /// So many, the last one then.
    package init(unanswered: Int, last: Timestamp) {
        self.unanswered = max(1, unanswered)
        self.last = last
    }

    /// 1, 2, 4 … 60 minutes after the last one that was not answered.
    package var end: Timestamp {
        last + min(60, 1 << Int64(min(unanswered - 1, 6))) * 60
    }

    /// The pause after one more.
    package static func after(_ earlier: SignInPause?, at now: Timestamp) -> SignInPause {
        SignInPause(unanswered: min(earlier?.unanswered ?? 0, .max - 1) + 1, last: now)
    }
}
