import Domain
import Locking
import Ports

/// One key's folder among those that hosts share, and the simple things that are done there.
struct SharedKey: Sendable {
    let store: NetworkTokenStore
    /// The SHA-256 of the key's text: the name of the other tool's file, and of the folder with `.d` behind it.
    let name: String

    init(_ key: TokenKey, _ store: NetworkTokenStore) {
        self.store = store
        name = store.format.hash(Array(key.text.utf8))
    }

    var folder: any SharedFolder { store.folder }
    var format: SharedRecordFormat { store.format }
    var time: any TimeSource { store.time }

    /// The folder below the shared one.
    var subfolder: String { name + ".d" }

    /// The path of a file in it, below the shared folder.
    func path(_ file: SharedName) -> String { "\(subfolder)/\(file.text)" }

    /// Where that file is, for messages.
    func fullPath(_ file: SharedName) -> String { "\(folder.path)/\(path(file))" }

    /// Its bytes, opened anew.
    func read(_ file: SharedName) throws(SharedFolderFailure) -> [UInt8]? { try folder.read(path(file)) }

    /// A temporary file of somebody who works for that generation.
    func makeFile(for generation: UInt64, room: Int) throws(SharedFolderFailure) -> any UnnamedFile {
        try folder.makeFile(path(.new(generation, mark())), room: room)
    }

    /// Digits that nobody else has.
    func mark() -> String {
        store.random.randomBytes(8).map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
    }

    /// Writes a file once, under a name that no other has.
    func writeOnce(
        _ name: SharedName, _ bytes: [UInt8], for generation: UInt64, into reserved: (any UnnamedFile)? = nil
    ) throws(SharedFolderFailure) -> LinkOutcome {
        let file = if let reserved { reserved } else { try makeFile(for: generation, room: bytes.count) }
        defer { file.discard() }
        try file.fill(bytes)
        return try give(file, name)
    }

    /// Who has that right; nil where its file does not show.
    func lease(_ right: RightName) throws(SharedFolderFailure) -> LeaseSlip? {
        try read(.lease(right)).flatMap { LeaseSlip($0) }
    }

    /// How that right ended; nil where it has not, as far as is seen from here.
    ///
    /// One that can't be read, as after a crash of the server, has ended all the same, and says nothing for any marker.
    func end(_ right: RightName) throws(SharedFolderFailure) -> EndSlip? {
        try read(.end(right)).map { EndSlip($0) ?? EndSlip(kind: .released) }
    }

    /// The hash that stands for a refresh token as a record has it.
    func hash(_ refreshToken: Secret, exchanges: UInt64) -> String {
        format.hash(Array("\(exchanges) \(refreshToken.revealed)".utf8))
    }

    // MARK: What this host knows

    /// The name of a note that this host's processes keep for this key in this folder.
    func note(_ kind: String) -> String { "shared-\(kind)-\(FNV1a.hexadecimal(folder.path + "\n" + name))" }

    /// Tells this host's other processes that something has changed.
    func tellHost() { store.notes.write(store.random.randomBytes(8), to: note("news")) }
}

/// The highest record that this process has seen, key by key: a listing with less is out of date.
final class SharedMemory: Sendable {
    /// What is known of a key.
    struct Known: Sendable {
        var number: UInt64 = 0
        /// The record of that number, where it was read.
        var record: SharedRecord?
    }

    private let known = Guarded<[String: Known]>([:])

    subscript(key: String) -> Known { known.with { $0[key] ?? Known() } }

    /// A record of that number is there.
    func saw(_ number: UInt64, _ record: SharedRecord? = nil, _ key: String) {
        known.with { known in
            let before = known[key] ?? Known()
            if number > before.number || number == before.number && before.record == nil {
                known[key] = Known(number: number, record: record)
            }
        }
    }
}

extension SharedFolderFailure {
    /// What a reader is told.
    var whenReading: TokenStoreError {
        switch self {
        case .call(let path, _, let reason): .notReadable(path: path, reason: reason, lack: lack)
        case .refused(let path, let reason, let remedy): .refused(path: path, reason: reason, remedy: remedy)
        case .unusable(let path, let reason, let remedy): .unusable(path: path, reason: reason, remedy: remedy)
        }
    }

    /// What a writer is told.
    var whenWriting: TokenStoreError {
        switch self {
        case .call(let path, _, let reason): .notWritable(path: path, reason: reason, lack: lack)
        case .refused(let path, let reason, let remedy): .refused(path: path, reason: reason, remedy: remedy)
        case .unusable(let path, let reason, let remedy): .unusable(path: path, reason: reason, remedy: remedy)
        }
    }
}

/// Makes a reader's error of a failed call.
func reading<Result>(_ body: () throws(SharedFolderFailure) -> Result) throws(TokenStoreError) -> Result {
    do { return try body() } catch { throw error.whenReading }
}

/// Makes a writer's error of a failed call.
func writing<Result>(_ body: () throws(SharedFolderFailure) -> Result) throws(TokenStoreError) -> Result {
    do { return try body() } catch { throw error.whenWriting }
}
