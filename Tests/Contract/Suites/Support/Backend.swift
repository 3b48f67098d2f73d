import Domain
import Files
import MemoryStore
import NetworkFiles
import OpenSSL
import Ports
import SQLite
import StoreProbe
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The adapters of the token store port: every test of its contract runs over each of them.
enum Backend: String, Sendable, CustomTestStringConvertible {
    case file
    case nodeLocal = "node-local"
    /// The same before a folder that hosts share as they do a network file system's.
    case nodeLocalNFS = "node-local over nfs"
    case sqlite
    case nfs
    case memory

    /// Those that processes share.
    static let allCases: [Backend] = [.file, .nodeLocal, .nodeLocalNFS, .sqlite, .nfs]
    /// Those, and the one that is gone with its process.
    static let withMemory: [Backend] = allCases + [.memory]

    /// Those that share a record with the Go tool, which reads and writes it too.
    static let withGo: [Backend] = [.file, .nodeLocal, .nodeLocalNFS, .nfs]
    /// Those that keep a record in a file of its own, which the Go tool reads and writes too.
    static let inFiles: [Backend] = [.file, .nodeLocal, .nodeLocalNFS]

    /// Those that have no other store to turn to when their own disk can't be written.
    static let withOneDisk: [Backend] = allCases.filter { !$0.isNodeLocal }

    /// Whether it is a host's own store before a shared one.
    var isNodeLocal: Bool { self == .nodeLocal || self == .nodeLocalNFS }

    var testDescription: String { rawValue }
}

/// One store's place in a test: where its files are, and how this process and others open it.
struct Place: Sendable {
    let backend: Backend
    let workspace: Workspace
    let told = Told()
    private let memory = MemoryTokenStore.Contents()
    /// The folder that this host's processes read and write.
    let folder: String

    init(_ backend: Backend) {
        self.backend = backend
        workspace = Workspace()
        folder = workspace.path("tokens")
    }

    /// The place of that folder in another place's workspace.
    init(_ backend: Backend, folder: String, workspace: Workspace) {
        self.backend = backend
        self.workspace = workspace
        self.folder = folder
    }

    /// The folder behind it; the same where there is none.
    var sharedFolder: String { backend.isNodeLocal ? workspace.path("shared") : folder }

    func store(
        _ time: any TimeSource = SkewedClock(), refreshLimit: Double = 60, signInLimit: Double = 330
    ) -> any TokenStore {
        let limits = ProductionLimits(refresh: refreshLimit, signIn: signInLimit)
        let files = { (folder: String, suffix: String) in
            FileTokenStore(
                FileTokenStore.Settings(folder: folder, nameSuffix: suffix, hostName: "host", limits: limits),
                digester: OpenSSLCryptography(), time: time, notices: told)
        }
        let network = { (folder: String) in
            NetworkTokenStore(
                folder: PosixSharedFolder(path: folder),
                notes: FileHostNotes(
                    files: HostFiles(candidates: [hostFolder], notices: told), hostName: "host", time: time),
                census: HostCensus(hostName: "host"), times: Self.times, limits: limits, coding: GoTokenCoding(),
                digester: OpenSSLCryptography(), random: OpenSSLCryptography(), time: time, notices: told)
        }
        return switch backend {
        case .file: files(folder, "")
        case .nodeLocal:
            NodeLocalTokenStore(
                local: files(folder, "-host"), shared: files(sharedFolder, ""), time: time, notices: told)
        case .nodeLocalNFS:
            NodeLocalTokenStore(
                local: files(folder, "-host"), shared: network(sharedFolder), time: time, notices: told)
        case .sqlite:
            SQLiteTokenStore(
                folder: FileStoreFolder(path: folder, hostName: "host", time: time), name: Self.database,
                limits: limits, coding: GoTokenCoding(), digester: OpenSSLCryptography(), time: time, notices: told)
        case .memory: MemoryTokenStore(memory, limits: limits, time: time, notices: told)
        case .nfs: network(folder)
        }
    }

    /// Those of the product, but that silence is no death here: clocks that jump do not run as those of others do.
    private static let times = ProductionTimes(beat: 5, right: 30, silence: 1e9, request: 15)

    /// Where this host's processes keep what other hosts need not know.
    var hostFolder: String { workspace.path("host") }

    /// Starts a process that makes one call on this store.
    func probe(_ command: String, _ more: String...) throws -> ChildProcess {
        try ChildProcess([ChildProcess.product("aws-oidc-store-probe"), command] + words + more)
    }

    /// How the probe is told of this store.
    var words: [String] {
        switch backend {
        case .file: ["folder=\(folder)"]
        case .nodeLocal: ["folder=\(folder)", "shared=\(sharedFolder)"]
        case .nodeLocalNFS:
            ["folder=\(folder)", "shared-network=\(sharedFolder)", "host-folder=\(hostFolder)"]
        case .sqlite: ["folder=\(folder)", "database=\(Self.database)"]
        case .memory: []
        case .nfs: ["network=\(folder)", "host-folder=\(hostFolder)"]
        }
    }

    /// The database's name in its folder.
    static let database = "tokens.db"

    /// The name of the file that a key's record is in: as the tool that this one replaces gives it, or the database's.
    func name(_ key: TokenKey) -> String {
        if backend == .sqlite { return Self.database }
        let digits = OpenSSLCryptography().digest(Array("v0 \(key.clientID.text) \(key.issuer.text)".utf8), .sha256)
            .map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return digits.joined() + (backend.isNodeLocal ? "-host" : "")
    }

    /// The files that somebody has left half written.
    var leftovers: [String] {
        OnDisk.names(folder).filter { $0.contains(".new.") }
            + OnDisk.names(folder + "/" + ((try? MadeUp.key()).map(name) ?? "") + ".d").filter { $0.hasPrefix("new.") }
    }

    /// The record's path.
    func record(_ key: TokenKey) -> String { folder + "/" + name(key) }

    /// Lets another process publish a newer record, past whoever has the right.
    func overtake(_ name: String, _ key: TokenKey) async throws {
        guard backend == .sqlite else { return try writeLikeGo(name, key) }
        // The right is the lock of a file; a process that finds another file in its place has a right of its own.
        for file in OnDisk.names(folder) where file.hasSuffix(".right") { unlink(folder + "/" + file) }
        _ = await (try probe("produce", "force", "token=\(name)")).end()
    }

    /// Puts a record there as the tool that this one replaces would.
    func writeLikeGo(_ name: String, _ key: TokenKey, expiry: Timestamp = SkewedClock().now() + 3600) throws {
        OnDisk.makeFolder(folder)
        let bytes = GoRecord.bytes(
            access: "access-" + name, refresh: "refresh-" + name,
            idToken: MadeUp.idToken(name, expiry: expiry.seconds), expiry: expiry)
        let path = record(key)
        try OnDisk.write(path + ".go", bytes)
        rename(path + ".go", path)
    }
}

extension Place {
    /// Runs a production that ends without tokens, and gives what it found to be the newest.
    func newest(_ key: TokenKey) async throws -> StoredTokens? {
        let found = Shared(StoredTokens?.none)
        _ = try? await store().publish(key) { production throws(ProductionStop) in
            let newest = try production.orStop { try $0.newest() }
            found.change { $0 = newest }
            throw ProductionStop(NoLuck())
        }
        return found.value
    }
}
