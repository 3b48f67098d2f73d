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
/// It keeps itself alive until it is told to stop and the last transfer is over.
///
/// What is late is its own to say, not libcurl's, which gives a transfer up by the clock alone: what has arrived is read
/// first, and time in which this process was stopped (SIGSTOP, a frozen container, a sleeping machine) does not count. An
/// answer that holds a rotated refresh token must not be thrown away unread.
///
/// `@unchecked Sendable`: `mailbox` is a
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
    private let uptime: @Sendable () -> Double
    private let mailbox = Guarded(Mailbox())
    private var running: [OpaquePointer: Transfer] = [:]
    private var isStopping = false

    /// The longest time without a look while a transfer is under way, in seconds.
    private static let longestNap = 0.5
    /// A round that took so much longer than it was to, in seconds, was one in which this process did not run; and a
    /// transfer that is late may go on reading for so long.
    private static let patience = 1.0

    /// Starts the thread.
    init(_ uptime: @escaping @Sendable () -> Double) throws(HTTPFailure) {
        self.uptime = uptime
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
        var (now, nap) = (uptime(), 0.0)
        while true {
            let before = now
            now = uptime()
            forgive(now - before - nap)
            for message in takeMessages() { obey(message, at: now) }
            var code = aws_oidc_curl_multi_perform(multi)
            finishDone()
            endLate(at: now)
            if isStopping, running.isEmpty { return close(.cancelled) }
            let milliseconds = milliseconds(from: now)
            nap = Double(milliseconds) / 1000
            if code == CURLM_OK { code = aws_oidc_curl_multi_poll(multi, milliseconds) }
            guard code == CURLM_OK else {
                let reason = String(cString: aws_oidc_curl_multi_strerror(code))
                return close(.unavailable(reason: "libcurl: \(reason)"))
            }
        }
    }

    /// Does not count so many seconds, in which nothing could be read.
    private func forgive(_ lost: Double) {
        guard lost > Self.patience else { return }
        for transfer in running.values { transfer.deadline += lost }
    }

    /// Ends what was late at that time, before the latest reading, and had nothing to be read by two looks.
    private func endLate(at now: Double) {
        for transfer in running.values {
            let hasRead = transfer.takeProgress()
            guard transfer.deadline <= now else { continue }
            let isReading = hasRead && now < transfer.deadline + Self.patience
            if transfer.isOnLastCall, !isReading {
                finish(transfer, transfer.outcome(CURLE_OPERATION_TIMEDOUT))
            } else {
                transfer.isOnLastCall = true
            }
        }
    }

    /// How long the next poll may take.
    private func milliseconds(from now: Double) -> Int32 {
        guard let next = running.values.map(\.deadline).min() else { return 60_000 }
        return Int32((max(0, min(Self.longestNap, next - now)) * 1000).rounded(.up))
    }

    /// Seconds by a clock that is never set.
    static let uptime: @Sendable () -> Double = {
        var clock = timespec()
        clock_gettime(CLOCK_MONOTONIC, &clock)
        return Double(clock.tv_sec) + Double(clock.tv_nsec) / 1e9
    }

    private func takeMessages(closing failure: HTTPFailure? = nil) -> [Message] {
        mailbox.with { mailbox in
            let messages = mailbox.messages
            mailbox.messages = []
            mailbox.closed = failure
            return messages
        }
    }

    private func obey(_ message: Message, at now: Double) {
        switch message {
        case .start(let transfer, let continuation):
            guard case .new = transfer.phase else { return continuation.resume(returning: .failure(.cancelled)) }
            let code = aws_oidc_curl_multi_add(multi, transfer.handle.pointer)
            guard code == CURLM_OK else {
                let reason = String(cString: aws_oidc_curl_multi_strerror(code))
                return continuation.resume(returning: .failure(.unavailable(reason: "libcurl: \(reason)")))
            }
            transfer.phase = .running(continuation)
            transfer.deadline = now + transfer.timeout
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
