import Domain
import Files
import Host
import NetworkFiles
import OpenSSL
import Ports
import SQLite

/// Where the tokens are: which store, and which folder.
struct TokenStores: Sendable {
    let settings: ClientSettings
    let home: String?
    let hostName: String
    let hostFiles: HostFiles
    var time: any TimeSource
    let cryptography: OpenSSLCryptography
    var notices: any Notices
    let log: any Log

    /// The store that command line, environment and folder agree on.
    var store: any TokenStore {
        // A database is waited for with words of its own.
        if case .sqlite = settings.cache { return chosen }
        guard let nodeLocal = settings.nodeLocalFolder else { return awaited }
        let local = localFiles(nodeLocal)
        guard let place = folder(settings.cache) else { return local }
        let servant = SharedStoreServant(settings)
        let waits = SharedWaits(notices)
        let shared = RemoteTokenStore(place: place, time: time, notices: waits) { () throws(TokenStoreError) in
            try servant.start(for: place)
        }
        return NodeLocalTokenStore(local: local, shared: shared, time: time, notices: notices, waits: waits)
    }

    /// Looks after the store that all hosts share, for the process at the other end of that socket, until that one ends.
    func serveShared(_ descriptor: Int32, abandon: @escaping @Sendable () -> Void) async {
        await TokenStoreServant(time: time) { time, notices in
            var stores = self
            (stores.time, stores.notices) = (time, notices)
            return stores.chosen
        }.serve(descriptor, abandon: abandon)
    }

    /// The chosen store, with a word where its storage does not answer: a call to a file server that is away comes back
    /// when that one does.
    private var awaited: any TokenStore {
        let slow = SlowStorage(place: folder(settings.cache) ?? "the tokens", time: time, notices: notices)
        var stores = self
        stores.notices = slow
        return ChosenTokenStore(slow) { [stores] () throws(TokenStoreError) in try stores.choose() }
    }

    private var chosen: any TokenStore { ChosenTokenStore { () throws(TokenStoreError) in try choose() } }

    private func choose() throws(TokenStoreError) -> any TokenStore {
        guard let folder = folder(settings.cache) else { return none }
        switch settings.cache {
        case .sqlite(let path?): try NamedFolder.check(folder, database: Self.fileName(path))
        case .nfs(.some): try NamedFolder.check(folder, database: nil)
        case .file, .sqlite(nil), .nfs(nil), nil: break
        }
        let marker = FolderMarker(folder: folder)
        let known = try marker.read()
        let choice: TokenCacheChoice
        do {
            choice = try TokenCacheChoice.resolved(asked: settings.cache, marker: known, isNetwork: marker.isOnNetwork)
        } catch {
            throw settings.refusal(error, folder)
        }
        report(choice, folder, isMarked: known != nil)
        let store = store(choice, folder)
        guard known == nil, let due = TokenCacheMarker.due(for: choice, isNetwork: marker.isOnNetwork) else {
            return store
        }
        return MarkedTokenStore(store, marker, due)
    }

    /// The stores, a line each.
    private func store(_ choice: TokenCacheChoice, _ folder: String) -> any TokenStore {
        switch choice {
        case .file: files(folder)
        case .sqlite(let path): database(folder, path)
        case .nfs: sharedFiles(folder)
        }
    }

    private func files(_ folder: String) -> FileTokenStore {
        FileTokenStore(
            FileTokenStore.Settings(folder: folder, nameSuffix: "", hostName: hostName, limits: limits),
            digester: cryptography, time: time, notices: notices)
    }

    /// This host's own part of the node-local folder.
    private func localFiles(_ nodeLocal: String) -> FileTokenStore {
        // Who waits on this host waits for one that may wait itself, for another host.
        let limits = ProductionLimits(refresh: 2 * limits.refresh, signIn: 2 * limits.signIn)
        return FileTokenStore(
            FileTokenStore.Settings(
                folder: hostFolder(nodeLocal), nameSuffix: "-" + HostLocalFolder.hostNameComponent(hostName),
                hostName: hostName, limits: limits, ownFolderAbove: userFolder(nodeLocal)),
            digester: cryptography, time: time, notices: notices)
    }

    private func database(_ folder: String, _ path: String?) -> SQLiteTokenStore {
        SQLiteTokenStore(
            folder: FileStoreFolder(
                path: folder, hostName: hostName, time: time,
                ownFolderAbove: path == nil ? settings.nodeLocalFolder.map(userFolder) : nil),
            name: path.flatMap(Self.fileName) ?? "tokens.db", limits: limits,
            coding: GoTokenCoding(), digester: cryptography, time: time, notices: notices)
    }

    private func sharedFiles(_ folder: String) -> NetworkTokenStore {
        NetworkTokenStore(
            folder: PosixSharedFolder(path: folder),
            notes: FileHostNotes(files: hostFiles, hostName: hostName, time: time),
            census: HostCensus(hostName: hostName), times: .standard, limits: limits, coding: GoTokenCoding(),
            digester: cryptography, random: cryptography, time: time, notices: notices)
    }

    /// The folder that tokens lie in, of that choice or of none; nil without a home.
    private func folder(_ choice: TokenCacheChoice?) -> String? {
        switch choice {
        case .nfs(let path?): return settings.wholePath(path)
        case .sqlite(let path?):
            let path = settings.wholePath(path)
            return path.lastIndex(of: "/").map { String(path[..<$0]) }
        case .sqlite(nil):
            return settings.nodeLocalFolder.map(hostFolder) ?? home.map { $0 + "/.cache/oidc-cli" }
        case .file, .nfs(nil), nil:
            return home.map { $0 + "/.cache/oidc-cli" }
        }
    }

    private static func fileName(_ path: String) -> String? { path.split(separator: "/").last.map(String.init) }

    private func hostFolder(_ nodeLocal: String) -> String {
        HostLocalFolder.nodeLocal(nodeLocal, userID: HostIdentity.userID, hostName: hostName)
    }

    /// This user's part of a folder that others may share.
    private func userFolder(_ nodeLocal: String) -> String {
        HostLocalFolder.user(nodeLocal, userID: HostIdentity.userID)
    }

    private var limits: ProductionLimits { ProductionLimits(refresh: 60, signIn: settings.loginTimeout + 120) }

    private var none: NoTokenStore {
        NoTokenStore(reason: "HOME is not set, and the user database names no home")
    }

    /// A word on the choice: a run of which that is all is not worth a log file.
    private func report(_ choice: TokenCacheChoice, _ folder: String, isMarked: Bool) {
        let reason =
            if settings.cache != nil {
                "it was asked for"
            } else if isMarked {
                "the folder's format file says so"
            } else {
                "the folder is on a \(choice == .file ? "local" : "network") file system"
            }
        log.write(
            settings.loudestLevel == nil ? .debug : .info, "token cache chosen",
            ["store": choice.name, "folder": folder, "reason": reason])
    }
}
