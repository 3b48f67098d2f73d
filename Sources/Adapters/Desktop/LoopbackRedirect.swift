import Ports

/// A loopback listener that is open; its thread ends with `finish`, or with this object.
final class LoopbackRedirect: OpenRedirect {
    let redirectURI: String
    private let exchange: RedirectExchange

    init(port: UInt16, listeners: [Descriptor], limits: LoopbackLimits) throws(SystemError) {
        redirectURI = "http://localhost:\(port)"
        let exchange = RedirectExchange(pipe: try WakePipe())
        self.exchange = exchange
        let code = DetachedThread.start {
            let loop = LoopbackLoop(port: port, listeners: listeners, limits: limits, exchange: exchange)
            loop.run()
        }
        if code != 0 { throw SystemError(code: code) }
    }

    deinit { exchange.end(page: nil) }

    func answer(
        within seconds: Double, judge: @escaping @Sendable (_ query: String) -> RedirectVerdict
    ) async throws(RedirectListenerError) -> String {
        let wait = RedirectWait.Ticket()
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                exchange.begin(
                    RedirectWait(
                        ticket: wait, seconds: seconds, deadline: MonotonicClock.now() + seconds, judge: judge,
                        continuation: continuation))
                // A cancellation that came before there was anything to cancel.
                if Task.isCancelled { exchange.cancel(wait) }
            }
        } onCancel: {
            exchange.cancel(wait)
        }.get()
    }

    func finish(_ page: RedirectPage) {
        exchange.end(page: page)
        // A moment: the loop is woken, and the page goes into the socket's buffer; the loop gives up on it after 2 s.
        exchange.waitForEnd()
    }
}
