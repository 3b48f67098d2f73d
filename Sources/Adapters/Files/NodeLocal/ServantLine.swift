import Locking
import Ports

/// The line to a servant: one request at a time, and for how long it may be silent over it.
final class ServantLine: Sendable {
    /// Why there is no answer.
    enum Loss: Error, Sendable {
        /// It is in a file call that does not come back.
        case silent(seconds: Double)
        /// It is gone.
        case gone
    }

    private let socket: MessageSocket
    private let notices: any Notices
    private let patience: Double
    /// What it is given to start in, in seconds: a busy machine is no file that hangs.
    private let startPatience: Double
    private let silence = Guarded((hasSpoken: false, seconds: 0.0))

    init(_ descriptor: Int32, notices: any Notices, patience: Double, startPatience: Double) {
        socket = MessageSocket(descriptor)
        self.notices = notices
        self.patience = patience
        self.startPatience = startPatience
    }

    deinit { hangUp() }

    /// Ends the conversation, and says so: without that word the other side would take this process for dead.
    private func hangUp() {
        socket.sendIfRoom(ServantRequest.farewell)
        socket.hangUp()
    }

    func send(_ request: ServantRequest) throws(Loss) {
        silence.with { $0.seconds = 0 }
        do {
            try socket.send(request)
        } catch {
            throw .gone
        }
    }

    /// Shows every second that this process has not been stopped, until the task is cancelled: a right is not kept for one
    /// that has.
    func showLife() async {
        while !Task.isCancelled {
            socket.sendIfRoom(ServantRequest.alive)
            // By the real clock, whatever the store's is: the servant measures this process, not its time.
            try? await Task.sleep(nanoseconds: 1_000_000_000)
        }
    }

    /// Waits for an answer, and blocks this thread: where nothing but files is waited for.
    ///
    /// - Parameter limit: for how long it waits at most, in seconds, though the other side may wait for somebody.
    func answer(within limit: Double = .infinity) throws(Loss) -> ServantAnswer {
        let start = SuspendingClock.now
        var shown = start
        while true {
            let began = SuspendingClock.now
            if let answer = try heard(within: 50) { return answer }
            try bear(since: began)
            // The thread that is blocked here may be the only one, and `showLife` stand still.
            if began - shown > .seconds(1) {
                socket.sendIfRoom(ServantRequest.alive)
                shown = began
            }
            let waited = (SuspendingClock.now - start) / .seconds(1)
            if waited > limit { throw .silent(seconds: waited) }
        }
    }

    /// Waits for an answer that others may take long over.
    ///
    /// nil where this task is cancelled meanwhile.
    func answerInTime() async throws(Loss) -> ServantAnswer? {
        var pause = 0.001
        while !Task.isCancelled {
            if let answer = try heard(within: 0) { return answer }
            let began = SuspendingClock.now
            // The socket is polled, so that no thread stands still while others wait their turn elsewhere.
            try? await Task.sleep(nanoseconds: UInt64(pause * 1e9))
            try bear(since: began)
            pause = min(0.01, pause * 1.5)
        }
        return nil
    }

    /// One that is no mere sign of life; nil where there is none yet.
    private func heard(within milliseconds: Int32) throws(Loss) -> ServantAnswer? {
        while true {
            let answer: ServantAnswer?
            do {
                answer = try socket.next(ServantAnswer.self, within: milliseconds)
            } catch {
                throw .gone
            }
            guard let answer else { return nil }
            silence.with { $0 = (true, 0) }
            switch answer {
            case .hello, .alive: continue
            case .tell(let line): notices.tell(line)
            case .warn(let line): notices.warn(line)
            case .waits(let purpose): ProductionPurpose(rawValue: purpose).map { notices.waits(for: $0) }
            default: return answer
            }
        }
    }

    /// Counts what was waited in vain, pause by pause; one that took far too long, because this process or the machine stood
    /// still, says nothing about the other side.
    private func bear(since began: SuspendingClock.Instant) throws(Loss) {
        let pause = SuspendingClock.now - began
        let limit = silence.with { silence in
            silence.seconds += pause < .seconds(1) ? pause / .seconds(1) : 0
            return silence.seconds > (silence.hasSpoken ? patience : startPatience) ? silence.seconds : 0
        }
        guard limit > 0 else { return }
        // What it says later would be taken for the answer to something else.
        hangUp()
        throw .silent(seconds: limit)
    }
}
