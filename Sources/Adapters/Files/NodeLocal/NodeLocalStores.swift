import Locking
import Ports

/// The two stores behind a host's node-local storage, and what the person has been told of them.
final class NodeLocalStores: Sendable {
    let local: FileTokenStore
    let shared: any TokenStore
    private let notices: any Notices
    private let told = Guarded(Set<String>())

    init(local: FileTokenStore, shared: any TokenStore, notices: any Notices) {
        self.local = local
        self.shared = shared
        self.notices = notices
    }

    /// Tells, once, that this host goes on without the shared store.
    func warnOfShared(_ error: TokenStoreError) {
        warn("shared", "\(error) Until then this host goes on with its own tokens alone.")
    }

    /// Tells, once, that the host's own store is of no use.
    func warnOfLocal(_ error: TokenStoreError) {
        warn("local", "\(error) Until then the tokens in your home are used.")
    }

    /// Tells, once, that the folder named for this host is shared by others.
    func warnIfOnNetwork() {
        let folder = local.settings.folder
        guard FileSystemKind.isNetwork(folder) else { return }
        warn(
            "network",
            "\(folder) is on a network file system, where locks can't be relied on: name a folder on a disk of this host by --node-local-cache."
        )
    }

    private func warn(_ subject: String, _ line: String) {
        if told.with({ $0.insert(subject).inserted }) { notices.warn(line) }
    }
}
