import Domain
import Ports

/// Remembers what Okta says of its rate limit, and keeps us from asking beyond it.
///
/// `X-Rate-Limit-Remaining` and `X-Rate-Limit-Reset` (seconds since 1970) come with every answer.
struct RateLimit: Sendable {
    /// Nobody is kept waiting for longer than a window of Okta's, whatever the fields say.
    private static let longest: Double = 120

    private var closedUntil: Double = 0

    /// Seconds until the next request may go out.
    func wait(_ uptime: Double) -> Double { max(0, closedUntil - uptime) }

    /// Takes note of an answer.
    mutating func note(_ answer: HTTPResponse, now: Timestamp, uptime: Double) {
        let remaining = answer[header: "X-Rate-Limit-Remaining"].flatMap { Int($0) }
        guard answer.status == 429 || remaining == 0 else { return }
        let reset = answer[header: "X-Rate-Limit-Reset"].flatMap { Int64($0) }
            .map { Double(Timestamp(seconds: $0).since(now)) + 1 }
        let after = answer[header: "Retry-After"].flatMap { Backoff.seconds(retryAfter: $0, now: now) }
        let wait = min(max(reset ?? after ?? (answer.status == 429 ? 10 : 1), 1), Self.longest)
        closedUntil = max(closedUntil, uptime + wait)
    }
}
