import Locking
package import Ports

/// Locks of this host, in its private files.
package final class FileHostLock: HostLock {
    private let files: HostFiles
    private let time: any TimeSource
    private let held = Guarded<[FileLock]>([])

    /// The locks in these files.
    package init(files: HostFiles, time: any TimeSource) {
        self.files = files
        self.time = time
    }

    package func hold(_ name: String, within seconds: Double) async -> HostLockOutcome {
        let deadline = Deadline(in: seconds, time)
        var hasWaited = false
        while true {
            do {
                if let lock = try files.lock(name) {
                    held.with { $0.append(lock) }
                    return .held(afterWaiting: hasWaited)
                }
            } catch {
                return .unavailable
            }
            if deadline.left(time) == 0 || Task.isCancelled { return .busy }
            hasWaited = true
            await time.sleep(seconds: 0.05)
        }
    }
}
