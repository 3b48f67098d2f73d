import Locking
import Ports

/// One call that waits for the right redirect.
struct RedirectWait: Sendable {
    /// Tells one call from another.
    final class Ticket: Sendable {}

    let ticket: Ticket
    let seconds: Double
    /// On `MonotonicClock`.
    let deadline: Double
    let judge: @Sendable (_ query: String) -> RedirectVerdict
    let continuation: CheckedContinuation<Result<String, RedirectListenerError>, Never>
}

/// What passes between the listener's thread and its callers.
///
/// A wait is resumed by whoever takes it out of the state, so exactly once.
struct RedirectExchange: Sendable {
    private struct State: Sendable {
        var wait: RedirectWait?
        var isTaken = false
        var isEnding = false
        var page: RedirectPage?
        var hasEnded = false
    }

    private let state = Guarded(State())
    private let pipe: WakePipe

    init(pipe: WakePipe) { self.pipe = pipe }

    /// What the loop polls for wakes.
    var wakes: Descriptor { pipe.reading }

    // For callers.

    func begin(_ wait: RedirectWait) {
        let refusal: RedirectListenerError? = state.with {
            if $0.isEnding { return .unavailable(reason: "the listener for the sign-in is closed") }
            if $0.isTaken { return .unavailable(reason: "the answer to the sign-in was taken already") }
            if $0.wait != nil { return .unavailable(reason: "the answer to the sign-in is waited for already") }
            $0.wait = wait
            return nil
        }
        if let refusal { return wait.continuation.resume(returning: .failure(refusal)) }
        pipe.wake()
    }

    func cancel(_ ticket: RedirectWait.Ticket) {
        takeWait { $0.ticket === ticket }?.continuation.resume(returning: .failure(.cancelled))
    }

    func end(page: RedirectPage?) {
        state.with {
            guard !$0.isEnding else { return }
            $0.isEnding = true
            $0.page = page
        }
        takeWait { _ in true }?.continuation.resume(
            returning: .failure(.unavailable(reason: "the listener for the sign-in is closed")))
        pipe.wake()
    }

    func waitForEnd() {
        state.wait { $0.hasEnded }
    }

    // For the loop.

    /// Empties the pipe.
    func clearWakes() { pipe.clear() }

    /// Whether it is time to stop, and the page to stop with.
    func ending() -> (isEnding: Bool, page: RedirectPage?) {
        state.with { ($0.isEnding, $0.page) }
    }

    /// The call that waits now; one whose time is over is told so.
    func currentWait(now: Double) -> RedirectWait? {
        if let late = takeWait(where: { now >= $0.deadline }) {
            late.continuation.resume(returning: .failure(.timedOut(seconds: late.seconds)))
        }
        return state.with { $0.wait }
    }

    /// The query is the answer; the call may have been cancelled while its judge thought.
    func take(_ query: String, for wait: RedirectWait) {
        state.with { $0.isTaken = true }
        takeWait { $0.ticket === wait.ticket }?.continuation.resume(returning: .success(query))
    }

    func ended() {
        state.with { $0.hasEnded = true }
    }

    private func takeWait(where isIt: (RedirectWait) -> Bool) -> RedirectWait? {
        state.with {
            guard let wait = $0.wait, isIt(wait) else { return nil }
            $0.wait = nil
            return wait
        }
    }
}
