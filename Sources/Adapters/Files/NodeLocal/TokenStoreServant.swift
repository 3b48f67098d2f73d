import Dispatch
import Domain
package import Ports

/// Looks after a token store for another process, which so never waits for a file of it: the other side of `RemoteTokenStore`.
///
/// It ends when that process does, or loses patience; a right that it has is given back then.
package struct TokenStoreServant: Sendable {
    private let time: any TimeSource
    private let patience: Double
    private let executor: (any TaskExecutor)?
    private let store: @Sendable (any TimeSource, any Notices) -> any TokenStore

    /// For how long what is under way may go on after the end of whoever asked for it, in seconds.
    private static let grace = 5.0

    /// A servant of the store that `store` makes with the clock and the notices that it must use.
    ///
    /// - Parameters:
    ///   - patience: how long the other side may be without a sign of life, in seconds; after that nothing is done in its
    ///     name until there is one. It and a beat together must be well below what a right lasts.
    ///   - executor: what runs the calls of the store; nil where any thread may.
    package init(
        time: any TimeSource, patience: Double = 5, executor: (any TaskExecutor)? = nil,
        store: @escaping @Sendable (any TimeSource, any Notices) -> any TokenStore
    ) {
        self.time = time
        self.patience = patience
        self.executor = executor
        self.store = store
    }

    /// Serves until the other side ends; the descriptor, a connected socket's, is closed then.
    ///
    /// - Parameter abandon: called where a file call holds out much longer than that.
    package func serve(_ descriptor: Int32, abandon: @escaping @Sendable () -> Void) async {
        let socket = MessageSocket(descriptor)
        let mailbox = ServantMailbox()
        let work = Task(executorPreference: executor) {
            try? socket.send(ServantAnswer.hello)
            let desk = ServantDesk(
                store: store(
                    TellingClock(time: time, socket: socket, mailbox: mailbox, patience: patience),
                    SentNotices(socket: socket)), socket: socket, mailbox: mailbox)
            while let request = await mailbox.next() { await desk.answer(request) }
        }
        let isDone = DispatchSemaphore(value: 0)
        mailbox.fill(from: socket) {
            work.cancel()
            if isDone.wait(timeout: .now() + Self.grace) == .timedOut { abandon() }
        }
        await work.value
        isDone.signal()
    }
}

/// The clock of a store that is looked after: whoever sleeps waits for another process, not for a file, and says so.
///
/// It stands still with whoever it is done for: one that was stopped loses its right as any other process does.
private struct TellingClock: TimeSource {
    let time: any TimeSource
    let socket: MessageSocket
    let mailbox: ServantMailbox
    let patience: Double

    /// How often a word is sent, in seconds: well below what the other side takes for silence.
    private static let interval = 0.5

    func now() -> Timestamp { time.now() }
    func uptime() -> Double { time.uptime() }

    func sleep(seconds: Double) async {
        var left = seconds
        while left > 0 || mailbox.silence > patience, !Task.isCancelled {
            // While a body runs nobody reads, and these would fill the socket: then they are dropped.
            socket.sendIfRoom(ServantAnswer.alive)
            await time.sleep(seconds: left > 0 ? min(left, Self.interval) : Self.interval)
            left -= Self.interval
        }
        socket.sendIfRoom(ServantAnswer.alive)
    }
}

/// What the store has to say goes to the person whose process asked.
private struct SentNotices: Notices {
    let socket: MessageSocket

    func tell(_ line: String) { try? socket.send(ServantAnswer.tell(line)) }
    func warn(_ line: String) { try? socket.send(ServantAnswer.warn(line)) }
    func waits(for purpose: ProductionPurpose) { try? socket.send(ServantAnswer.waits(purpose: purpose.rawValue)) }
}
