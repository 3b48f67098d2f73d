import Locking
import Ports

/// Tells, where storage does not answer for some seconds, what is waited for: a call to a file server that is away comes back
/// when that one does.
///
/// What the store itself says goes through here: who was told whom it waits for is told nothing more.
final class SlowStorage: Notices {
    private let place: String
    private let time: any TimeSource
    private let notices: any Notices
    /// How many words the store has said.
    private let words = Guarded(0)

    /// How long is too long without a word, in seconds.
    private static let patience = 3.0

    init(place: String, time: any TimeSource, notices: any Notices) {
        self.place = place
        self.time = time
        self.notices = notices
    }

    func tell(_ line: String) {
        words.with { $0 += 1 }
        notices.tell(line)
    }

    func warn(_ line: String) { notices.warn(line) }

    /// Watches calls on the store that follow each other.
    func watch() -> Watch { Watch(slow: self) }

    /// Tells it once so much time has passed, unless the task was cancelled before, or the store has said something.
    fileprivate func tellIfSlow(_ isTold: Guarded<Bool>) async {
        let before = words.with { $0 }
        await time.sleep(seconds: Self.patience)
        guard !Task.isCancelled, words.with({ $0 == before }), !isTold.with({ $0 }) else {
            return
        }
        isTold.with { $0 = true }
        notices.tell("Waiting for \(place), whose disk or file server, or another process, keeps it busy…")
    }

    /// One call of the store, or a production's several: what takes so long is told once.
    final class Watch: Sendable {
        private let slow: SlowStorage
        private let isTold = Guarded(false)
        private let task = Guarded<Task<Void, Never>?>(nil)

        fileprivate init(slow: SlowStorage) { self.slow = slow }

        deinit { pause() }

        /// The store is at work from now on.
        func begin() {
            let begun = Task { [slow, isTold] in await slow.tellIfSlow(isTold) }
            exchange(begun)
        }

        /// The store is not at work for now.
        func pause() { exchange(nil) }

        func during<Result, Failure>(_ call: () throws(Failure) -> Result) throws(Failure) -> Result {
            begin()
            defer { pause() }
            return try call()
        }

        private func exchange(_ next: Task<Void, Never>?) {
            let last = task.with { task in
                defer { task = next }
                return task
            }
            last?.cancel()
        }
    }
}
