import Domain
import Ports

/// Remembers what Okta says of its rate limit, or of a while in which it is out of order, and keeps us from asking
/// meanwhile, at whichever of its addresses.
///
/// `X-Rate-Limit-Remaining` and `X-Rate-Limit-Reset` (seconds since 1970) come with every answer.
actor RateLimit {
    /// Nobody is kept waiting for longer than a window of Okta's, whatever the fields say.
    private static let longest: Double = 120
    /// Seconds that somebody may be kept waiting, instead of being refused.
    private static let patience: Double = 3

    private let org: String
    private let time: any TimeSource
    private var closed = (until: 0.0, why: "")
    /// How many requests went to Okta.
    private(set) var requests = 0

    init(of org: String, time: any TimeSource) {
        self.org = org
        self.time = time
    }

    /// Waits for a window that opens soon, and refuses where it does not; counts a request that it lets through.
    func observe() async throws(PersonDirectoryError) {
        let wait = closed.until - time.uptime()
        if wait > 0 {
            if wait > Self.patience, let refusal { throw refusal }
            await time.sleep(seconds: wait)
        }
        requests += 1
    }

    /// What those are told who are not to wait; nil while Okta may be asked.
    var refusal: PersonDirectoryError? {
        let wait = closed.until - time.uptime()
        guard wait > 0 else { return nil }
        let seconds = Int(wait.rounded(.up))
        return .notNow(reason: "\(org) \(closed.why) for another \(seconds) s", seconds: seconds)
    }

    /// Takes note of an answer.
    func note(_ answer: HTTPResponse) {
        let now = time.now()
        let remaining = answer[header: "X-Rate-Limit-Remaining"].flatMap { Int($0) }
        let isAtLimit = answer.status == 429 || remaining == 0
        let asksForPatience = answer.status == 503 && answer[header: "Retry-After"] != nil
        guard isAtLimit || asksForPatience else { return }
        let reset = answer[header: "X-Rate-Limit-Reset"].flatMap { Int64($0) }
            .map { Double(Timestamp(seconds: $0).since(now)) + 1 }
        let after = answer[header: "Retry-After"].flatMap { Backoff.seconds(retryAfter: $0, now: now) }
        let wait = min(max(reset ?? after ?? (answer.status == 429 ? 10 : 1), 1), Self.longest)
        let end = time.uptime() + wait
        guard end > closed.until else { return }
        closed = (end, isAtLimit ? "is at its rate limit" : "asks to be left alone")
    }
}
