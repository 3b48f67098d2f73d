/// How far this machine's clock is off a server's.
///
/// Tokens and credentials carry times of the servers' clocks: a clock that is off makes live ones look expired, and the
/// other way round.
package struct ClockSkew: Sendable, Hashable {
    /// Seconds that this machine is ahead of the server; negative where it is behind.
    package let seconds: Int64

    /// The skew against a server's `Date` header (RFC 9110 section 6.6.1), if it is more than the minute that is tolerated.
    ///
    /// - Parameter took: how long the answer took, in seconds: this process may have been stopped since the server wrote it.
    package init?(now: Timestamp, took: Int64 = 0, serverDate: String) {
        guard let theirs = Timestamp(httpDate: serverDate) else { return nil }
        let age = now.since(theirs)
        guard age < -60 || age > 60 + took else { return nil }
        seconds = age
    }

    /// The sentence for the person.
    package func sentence(host: String) -> String {
        "This machine's clock is \(seconds.magnitude) s \(seconds > 0 ? "ahead of" : "behind") that of \(host): correct it, or sign-ins and credentials will seem expired or not yet valid."
    }
}
