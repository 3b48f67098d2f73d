import Domain
import Locking
import Ports

/// The two stores behind a host's node-local storage, and what the person has been told of them.
final class NodeLocalStores: Sendable {
    let local: FileTokenStore
    let shared: any TokenStore
    private let notices: any Notices
    private let told = Guarded(Set<String>())
    /// What is to be told once it is known what came of the production; nil where none is under way.
    private let held = Guarded<[(subject: String, line: String)]?>(nil)

    init(local: FileTokenStore, shared: any TokenStore, notices: any Notices) {
        self.local = local
        self.shared = shared
        self.notices = notices
    }

    /// Tells, once, that this host goes on without the shared store.
    func warnOfShared(_ error: TokenStoreError) {
        warn("shared", error.line(goingOn: "Meanwhile this host goes on with its own tokens alone."))
    }

    /// Tells, once, that the host's own store is of no use.
    func warnOfLocal(_ error: TokenStoreError) {
        warn("local", error.line(goingOn: "Meanwhile the tokens in your home are used."))
    }

    /// Tells, once, where the folder named for this host may be another host's as well.
    func warnOfPlace() {
        guard told.with({ $0.insert("place").inserted }) else { return }
        let (folder, hostName) = (local.settings.folder, local.settings.hostName)
        if let flaw = HostLocalFolder.flaw(ofHostName: hostName) {
            notices.warn(
                "\(flaw): its part of the node-local folder is \(folder), which another host may share. Give the host a name of its own."
            )
        }
        if FileSystemKind.isNetwork(folder) {
            notices.warn(
                "\(folder) is on a network file system, where locks can't be relied on. Tokens are kept there all the same, AWS credentials elsewhere on this host: name a folder on a disk of this host by --node-local-cache."
            )
        }
    }

    /// Holds back what there is to tell until it is known whether either store has kept something.
    func hold() { held.with { $0 = [] } }

    /// Tells it; or not, where neither store has kept anything, since the caller is told that.
    func release(_ isKept: Bool) {
        let lines = held.with { held in
            defer { held = nil }
            return held ?? []
        }
        if isKept { for (subject, line) in lines { tell(subject, line) } }
    }

    private func warn(_ subject: String, _ line: String) {
        let isHeld = held.with { held in
            held?.append((subject, line))
            return held != nil
        }
        if !isHeld { tell(subject, line) }
    }

    private func tell(_ subject: String, _ line: String) {
        if told.with({ $0.insert(subject).inserted }) { notices.warn(line) }
    }
}
