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
        while true {
            let left = deadline.left(time)
            guard left > 0 else {
                let host = WebAddress(address)?.host ?? address
                throw .timedOut(host: host, seconds: 0, requestMayHaveArrived: false)
            }
            let request = request(method, address, headers, persistence, timeout: timeout, left: left)
            let outcome = await outcome(of: request)
            guard Self.mayPass(outcome, persistence), number < Self.tries else { return try outcome.get() }
            number += 1
            let wait = wait(after: outcome, beforeTry: number)
            guard wait < deadline.left(time) else { return try outcome.get() }
            await time.sleep(seconds: wait)
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

    /// Whether another try may end better.
    private static func mayPass(_ outcome: Result<HTTPResponse, HTTPFailure>, _ persistence: Persistence) -> Bool {
        switch (outcome, persistence) {
        case (_, .once): false
        case (.success(let answer), .untilAnswered): answer.isOutOfOrder
        case (.success, .untilSent): false
        case (.failure(.unreachable), .untilAnswered), (.failure(.timedOut), .untilAnswered): true
        case (.failure(.unreachable(_, _, let mayHaveArrived)), .untilSent),
            (.failure(.timedOut(_, _, let mayHaveArrived)), .untilSent):
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
    /// Whether the provider could not be asked at all, so that what it said before may stand in.
    var isAbsence: Bool {
        switch self {
        case .unreachable, .timedOut: true
        case .untrusted, .tooLarge, .badAddress, .unavailable, .cancelled: false
        }
    }
}
