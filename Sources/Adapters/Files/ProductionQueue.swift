import Domain
import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The queue before a key's right: whoever stands in it either gets the right, or what the one before has made.
struct ProductionQueue: Sendable {
    let files: TokenFiles
    let goLock: GoLockFile
    let settings: FileTokenStore.Settings
    let time: any TimeSource
    let notices: any Notices

    /// How the waiting ended.
    enum Turn {
        /// The right is ours.
        case mine(ProductionRight)
        /// Somebody else's tokens will do.
        case taken(TokenSet)
    }

    /// Pauses between looks, in seconds: from the first to the longest.
    private static let firstPause = 0.005
    private static let longestPause = 0.05

    /// Waits until it is our turn, or no longer necessary.
    func turn(until deadline: Deadline?, isEnough: (TokenSet) -> Bool, isRight: (TokenSet) -> Bool)
        async throws(TokenStoreError) -> Turn
    {
        let began = time.uptime()
        let first = try files.look()
        if let tokens = first.tokens, isEnough(tokens) { return .taken(tokens) }
        var pause = Self.firstPause
        var isTold = false
        // Who is waited for, and since when its kind of work: the limit is that of what is under way.
        var watched: (holder: RightHolder?, since: Double) = (nil, began)
        while true {
            let lock = try take()
            let look = try files.look()
            if let tokens = look.tokens, isEnough(tokens) || isNews(look, since: first) && isRight(tokens) {
                return .taken(tokens)
            }
            let elder = lock == nil ? nil : goLock.holder
            if let lock, elder == nil { return .mine(ProductionRight(lock: lock, goLock: goLock)) }

            let now = time.uptime()
            if let holder = holder(elder) {
                // One refresh after another that fails is one outage; a sign-in that is over is something else.
                let isElse = watched.holder.map { $0.purpose != holder.purpose } ?? false
                watched = (holder, isElse ? now : watched.since)
            }
            if now - began > 1, deadline == nil, !isTold {
                notices.tell(Self.line(watched.holder))
                isTold = true
            }
            let limit = watched.holder?.purpose == .signIn ? settings.signInLimit : settings.refreshLimit
            let waited = now - watched.since
            if waited > limit || deadline?.left(time) == 0 {
                throw .waitedTooLong(seconds: Int(waited), holder: watched.holder)
            }
            if Task.isCancelled { throw .stopped(CancellationError()) }
            await time.sleep(seconds: pause)
            pause = min(Self.longestPause, pause * 1.5)
        }
    }

    /// Whether somebody has published tokens since the first look: those are taken whatever this host's clock says of them.
    private func isNews(_ look: TokenFiles.Look, since first: TokenFiles.Look) -> Bool {
        look.generation > first.generation && look.isOurs && !look.isCheckpoint
    }

    private var rightPath: String { files.folder.file(files.name + ".right") }

    private func take() throws(TokenStoreError) -> FileLock? {
        do {
            return try FileLock.take(rightPath)
        } catch {
            throw .notWritable(path: error.path, reason: error.reason)
        }
    }

    private func holder(_ elder: Int32?) -> RightHolder? {
        if let elder {
            return RightHolder(host: settings.hostName, processID: elder, purpose: .signIn, since: time.now())
        }
        return FileLock.note(at: rightPath).flatMap { RightHolder(note: $0) }
    }

    private static func line(_ holder: RightHolder?) -> String {
        guard let holder else { return "Waiting for another process that obtains tokens…" }
        return "Waiting for the \(holder.purpose.rawValue) of process \(holder.processID) on \(holder.host), "
            + "since \(holder.since.rfc3339)…"
    }
}

/// A key's right, in one process of this host at a time.
final class ProductionRight: Sendable {
    private let lock: FileLock
    private let goLock: GoLockFile

    init(lock: FileLock, goLock: GoLockFile) {
        self.lock = lock
        self.goLock = goLock
        goLock.take()
    }

    /// Writes down who has it, for those who wait.
    func note(_ purpose: ProductionPurpose, since: Timestamp, host: String) {
        lock.note(RightHolder(host: host, processID: getpid(), purpose: purpose, since: since).note)
    }

    /// Gives it back; the lock itself goes with this object, or with the process.
    func end() {
        lock.note("")
        goLock.give()
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
