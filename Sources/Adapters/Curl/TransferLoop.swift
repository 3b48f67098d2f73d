import CCurl
import Locking
import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The thread that drives every transfer of one client over libcurl's multi interface.
///
/// It keeps itself alive until it is told to stop and the last transfer is over. `@unchecked Sendable`: `mailbox` is a
/// lock's; `running` is the thread's alone; `multi` too, but for `curl_multi_wakeup`, which may be called from any thread.
final class TransferLoop: @unchecked Sendable {
    private enum Message {
        case start(Transfer, CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>)
        case cancel(Transfer)
        case stop
    }

    private struct Mailbox {
        var messages: [Message] = []
        /// Why nothing is taken any more.
        var closed: HTTPFailure?
    }

    private let multi: OpaquePointer
    private let mailbox = Guarded(Mailbox())
    private var running: [OpaquePointer: Transfer] = [:]
    private var isStopping = false

    /// Starts the thread.
    init() throws(HTTPFailure) {
        guard let multi = aws_oidc_curl_multi_init() else { throw .unavailable(reason: "libcurl gave no handle") }
        self.multi = multi
        let me = Unmanaged.passRetained(self)
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let code = pthread_create(
            &thread, nil,
            { owner in
                TransferLoop.runThread(owner)
                return nil
            }, me.toOpaque())
        guard code == 0 else {
            me.release()
            throw .unavailable(reason: "no thread can be started: \(String(cString: strerror(code)))")
        }
    }

    deinit {
        aws_oidc_curl_multi_cleanup(multi)
    }

    /// Starts a transfer; the continuation is resumed once, when it is over.
    func start(_ transfer: Transfer, _ continuation: CheckedContinuation<Result<HTTPResponse, HTTPFailure>, Never>) {
        if let failure = post(.start(transfer, continuation)) { continuation.resume(returning: .failure(failure)) }
    }

    /// Ends a transfer with `.cancelled`, whether it is running, over or yet to start.
    func cancel(_ transfer: Transfer) {
        _ = post(.cancel(transfer))
    }

    /// Ends the thread when the last transfer is over.
    func stop() {
        _ = post(.stop)
    }

    private func post(_ message: Message) -> HTTPFailure? {
        let failure = mailbox.with { mailbox in
            if mailbox.closed == nil { mailbox.messages.append(message) }
            return mailbox.closed
        }
        if failure == nil { _ = aws_oidc_curl_multi_wakeup(multi) }
        return failure
    }

    // MARK: On the thread

    private static func runThread(_ owner: UnsafeMutableRawPointer?) {
        guard let owner else { return }
        pthread_detach(pthread_self())
        // Signals are the main thread's business; and a libcurl that writes to a broken connection by plain write(2)
        // would raise SIGPIPE.
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        Unmanaged<TransferLoop>.fromOpaque(owner).takeRetainedValue().run()
    }

    private func run() {
        while true {
            for message in takeMessages() { obey(message) }
            var code = aws_oidc_curl_multi_perform(multi)
            finishDone()
            if isStopping, running.isEmpty { return close(.cancelled) }
            if code == CURLM_OK { code = aws_oidc_curl_multi_poll(multi, 60_000) }
            guard code == CURLM_OK else {
                let reason = String(cString: aws_oidc_curl_multi_strerror(code))
                return close(.unavailable(reason: "libcurl: \(reason)"))
            }
        }
    }

    private func takeMessages(closing failure: HTTPFailure? = nil) -> [Message] {
        mailbox.with { mailbox in
            let messages = mailbox.messages
            mailbox.messages = []
            mailbox.closed = failure
            return messages
        }
    }

    private func obey(_ message: Message) {
        switch message {
        case .start(let transfer, let continuation):
            guard case .new = transfer.phase else { return continuation.resume(returning: .failure(.cancelled)) }
            let code = aws_oidc_curl_multi_add(multi, transfer.handle.pointer)
            guard code == CURLM_OK else {
                let reason = String(cString: aws_oidc_curl_multi_strerror(code))
                return continuation.resume(returning: .failure(.unavailable(reason: "libcurl: \(reason)")))
            }
            transfer.phase = .running(continuation)
            running[transfer.handle.pointer] = transfer
        case .cancel(let transfer):
            finish(transfer, .failure(.cancelled))
        case .stop:
            isStopping = true
        }
    }

    private func finishDone() {
        var code = CURLE_OK
        while let easy = aws_oidc_curl_multi_next_done(multi, &code) {
            guard let transfer = running[easy] else { continue }
            finish(transfer, transfer.outcome(code))
        }
    }

    private func finish(_ transfer: Transfer, _ outcome: Result<HTTPResponse, HTTPFailure>) {
        let phase = transfer.phase
        transfer.phase = .over
        guard case .running(let continuation) = phase else { return }
        running[transfer.handle.pointer] = nil
        _ = aws_oidc_curl_multi_remove(multi, transfer.handle.pointer)
        continuation.resume(returning: outcome)
    }

    private func close(_ failure: HTTPFailure) {
        for case .start(_, let continuation) in takeMessages(closing: failure) {
            continuation.resume(returning: .failure(failure))
        }
        for transfer in running.values { finish(transfer, .failure(failure)) }
    }
}
