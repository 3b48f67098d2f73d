import Domain
import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A key's right by a lock file of this host; who has it stands in that file.
struct FileRight: ProductionRight {
    let path: String
    let hostName: String
    let time: any TimeSource
    /// The other tool's lock; nil where it has no part in the store.
    let goLock: GoLockFile?

    func take() throws(TokenStoreError) -> ProductionRightOutcome {
        let lock: FileLock?
        do {
            lock = try FileLock.take(path)
        } catch {
            let folder = path.lastIndex(of: "/").map { String(path[..<$0]) }
            throw error.whenWriting(folder ?? path)
        }
        guard let lock else { return .busy(FileLock.note(at: path).flatMap { RightHolder(note: $0) }) }
        if let elder = goLock?.holder {
            // Who finds this lock taken for the moment must not think that whoever had it last is at work again.
            lock.note("")
            return .busy(RightHolder(host: hostName, processID: elder.processID, purpose: .signIn, since: elder.since))
        }
        return .held(HeldFileRight(lock: lock, hostName: hostName, goLock: goLock))
    }

    /// Says anew what this process does, which has the right; it may fail without a word.
    func noteHolder(_ purpose: ProductionPurpose) {
        guard let descriptor = try? Posix.open(path, O_WRONLY | O_NOFOLLOW) else { return }
        defer { close(descriptor) }
        let holder = RightHolder(host: hostName, processID: getpid(), purpose: purpose, since: time.now())
        try? Posix.writeAll(descriptor, path, Array(holder.note.utf8))
    }
}

/// A key's right, in one process of this host at a time.
private final class HeldFileRight: HeldRight {
    private let lock: FileLock
    private let hostName: String
    private let goLock: GoLockFile?

    init(lock: FileLock, hostName: String, goLock: GoLockFile?) {
        self.lock = lock
        self.hostName = hostName
        self.goLock = goLock
    }

    func note(_ purpose: ProductionPurpose, since: Timestamp) {
        goLock?.take()
        lock.note(RightHolder(host: hostName, processID: getpid(), purpose: purpose, since: since).note)
    }

    /// The lock itself goes with this object, or with the process.
    func end() {
        lock.note("")
        goLock?.give()
    }
}

extension RightHolder {
    /// What a holder writes into the lock's file: host, process, purpose, time, each on a line.
    fileprivate var note: String { "\(host)\n\(processID)\n\(purpose.rawValue)\n\(since.seconds)\n" }

    fileprivate init?(note: String) {
        let lines = note.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, let processID = Int32(lines[1]),
            let purpose = ProductionPurpose(rawValue: String(lines[2])),
            let since = Int64(lines[3])
        else { return nil }
        self.init(
            host: String(lines[0]), processID: processID, purpose: purpose, since: Timestamp(seconds: since))
    }
}
