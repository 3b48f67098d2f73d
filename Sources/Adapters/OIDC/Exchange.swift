import Domain
import Ports

/// Sends requests of this protocol: again where that may help and does no harm, until a deadline.
struct Exchange: Sendable {
    /// When a request is sent again.
    enum Persistence {
        /// Never.
        case once
        /// Where it certainly did not reach the provider.
        case untilSent
        /// The same, and where the provider said that it did not take it (429, 503): what is worth something once only.
        case untilTaken
        /// After every network error, 5xx and 429.
        case untilAnswered
    }

    /// How often a request is sent at most: who waits is told soon that nobody answers.
    static let tries = 5
    /// The longest time-out of one request, in seconds.
    static let longestTimeout: Double = 15

    let http: any HTTPClient
    let time: any TimeSource
    let random: any RandomSource
    let backoff = Backoff()

    /// The answer, whatever its status: a 5xx or 429 is given back once the deadline allows no further try.
    func send(
        _ method: HTTPRequest.Method, _ address: String, headers: [HTTPHeader], _ persistence: Persistence,
        timeout: Double = Exchange.longestTimeout, by deadline: Deadline
    ) async throws(HTTPFailure) -> HTTPResponse {
        var number = 1
        var mayHaveArrived = false
        while true {
            let left = deadline.left(time)
            guard left > 0 else {
                let host = WebAddress(address)?.host ?? address
                throw .timedOut(host: host, seconds: 0, requestMayHaveArrived: mayHaveArrived)
            }
            let request = request(method, address, headers, persistence, timeout: timeout, left: left)
            let outcome = await outcome(of: request).mapError { $0.after(anotherMayHaveArrived: mayHaveArrived) }
            mayHaveArrived = mayHaveArrived || Self.mayHaveArrived(outcome)
            guard Self.mayPass(outcome, persistence), number < Self.tries else { return try outcome.get() }
            number += 1
            let wait = wait(after: outcome, beforeTry: number)
            guard wait < deadline.left(time) else { return try outcome.get() }
            await time.sleep(seconds: wait)
            // What is known to be as good as before is said to be so, whoever has lost patience.
            if Task.isCancelled, persistence == .untilTaken { return try outcome.get() }
            if Task.isCancelled { throw .cancelled }
        }
    }

    /// What spends a code or a refresh token gets its whole time once it is under way: the answer must not be lost to a
    /// deadline that is near; only reaching the provider must have succeeded by then.
    private func request(
        _ method: HTTPRequest.Method, _ address: String, _ headers: [HTTPHeader], _ persistence: Persistence,
        timeout: Double, left: Double
    ) -> HTTPRequest {
        if case .post = method, persistence != .once {
            return HTTPRequest(method, address, headers: headers, timeout: timeout, connectTimeout: left)
        }
        return HTTPRequest(method, address, headers: headers, timeout: min(timeout, left))
    }

    private func outcome(of request: HTTPRequest) async -> Result<HTTPResponse, HTTPFailure> {
        do throws(HTTPFailure) {
            return .success(try await http.send(request))
        } catch {
            return .failure(error)
        }
    }

    /// Whether the provider may have done what it was asked.
    private static func mayHaveArrived(_ outcome: Result<HTTPResponse, HTTPFailure>) -> Bool {
        switch outcome {
        case .success(let answer): !IdentityProviderError.isNotNow(answer.status)
        case .failure(.unreachable(_, _, let mayHaveArrived)), .failure(.timedOut(_, _, let mayHaveArrived)):
            mayHaveArrived
        case .failure: false
        }
    }

    /// Whether another try may end better.
    private static func mayPass(_ outcome: Result<HTTPResponse, HTTPFailure>, _ persistence: Persistence) -> Bool {
        switch (outcome, persistence) {
        case (_, .once): false
        case (.success(let answer), .untilAnswered): answer.isOutOfOrder
        case (.success(let answer), .untilTaken): IdentityProviderError.isNotNow(answer.status)
        case (.success, .untilSent): false
        case (.failure(.unreachable), .untilAnswered), (.failure(.timedOut), .untilAnswered): true
        case (.failure(.unreachable(_, _, let mayHaveArrived)), .untilSent),
            (.failure(.timedOut(_, _, let mayHaveArrived)), .untilSent),
            (.failure(.unreachable(_, _, let mayHaveArrived)), .untilTaken),
            (.failure(.timedOut(_, _, let mayHaveArrived)), .untilTaken):
            !mayHaveArrived
        case (.failure, _): false
        }
    }

    private func wait(after outcome: Result<HTTPResponse, HTTPFailure>, beforeTry number: Int) -> Double {
        let own = backoff.delay(beforeTry: number, fraction: Backoff.fraction(of: random.randomBytes(8)))
        guard case .success(let answer) = outcome, let field = answer[header: "Retry-After"],
            let asked = Backoff.seconds(retryAfter: field, now: time.now())
        else { return own }
        return asked + own
    }
}

extension HTTPFailure {
    /// The failure of a request that was sent before: of all these tries, one may have arrived.
    fileprivate func after(anotherMayHaveArrived: Bool) -> HTTPFailure {
        switch self {
        case .unreachable(let host, let reason, false):
            .unreachable(host: host, reason: reason, requestMayHaveArrived: anotherMayHaveArrived)
        case .timedOut(let host, let seconds, false):
            .timedOut(host: host, seconds: seconds, requestMayHaveArrived: anotherMayHaveArrived)
        default: self
        }
    }

    /// Whether the provider could not be asked at all, so that what it said before may stand in.
    var isAbsence: Bool {
        switch self {
        case .unreachable, .timedOut: true
        case .untrusted, .tooLarge, .badAddress, .unavailable, .cancelled: false
        }
    }
}
