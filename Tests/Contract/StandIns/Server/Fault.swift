/// What goes wrong at an endpoint, on purpose.
///
/// The faults of an endpoint stand in a list. A request meets every delay of the list and the first other fault; each
/// of these that counts its `times` counts down, and is gone at zero. Without `times` it stays until it is taken out.
/// As JSON a fault is written `{"status": {"code": 503, "times": 2}}`.
package enum Fault: Sendable, Hashable, Codable {
    /// The request is answered so many seconds late.
    case slow(seconds: Double, times: Int? = nil)
    /// The request waits until this fault is taken out again.
    case held
    /// Not processed: this status, with a Retry-After where one is named.
    case status(code: Int, retryAfter: Int? = nil, times: Int? = nil)
    /// Not processed: an error in the endpoint's own form (OAuth JSON, AWS XML), with status 400 unless named.
    case refusal(code: String, message: String? = nil, status: Int? = nil, times: Int? = nil)
    /// Not processed: a web page with status 200, as a captive portal sends it.
    case garbage(times: Int? = nil)
    /// Not processed: the connection is closed without a word.
    case dropped(times: Int? = nil)
    /// Processed, and then the connection is closed without a word.
    case answerLost(times: Int? = nil)

    var isDelay: Bool {
        switch self {
        case .slow, .held: true
        default: false
        }
    }

    /// This fault after it happened once more; nil where that was the last time.
    var spent: Fault? {
        switch self {
        case .held: .held
        case .slow(let seconds, let times): Self.less(times).map { .slow(seconds: seconds, times: $0) }
        case .status(let code, let retryAfter, let times):
            Self.less(times).map { .status(code: code, retryAfter: retryAfter, times: $0) }
        case .refusal(let code, let message, let status, let times):
            Self.less(times).map { .refusal(code: code, message: message, status: status, times: $0) }
        case .garbage(let times): Self.less(times).map { .garbage(times: $0) }
        case .dropped(let times): Self.less(times).map { .dropped(times: $0) }
        case .answerLost(let times): Self.less(times).map { .answerLost(times: $0) }
        }
    }

    /// Whether it can happen at all.
    var isLive: Bool {
        switch self {
        case .held: true
        case .slow(_, let times), .status(_, _, let times), .refusal(_, _, _, let times), .garbage(let times),
            .dropped(let times), .answerLost(let times):
            times.map { $0 > 0 } ?? true
        }
    }

    /// nil: over; `.some(nil)`: without end.
    private static func less(_ times: Int?) -> Int?? {
        guard let times else { return .some(nil) }
        return times > 1 ? .some(times - 1) : nil
    }
}
