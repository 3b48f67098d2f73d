import Domain
import Locking
import Ports
import Production

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The files of one key in a token folder, and how they are read and replaced.
///
/// `KEY` is the record in the format of the tool that this one replaces, `KEY.state` what is known of it; `KEY.right` is
/// locked by who produces, `KEY.publish` for the moment in which record and state are replaced.
struct TokenFiles: TokenRecords {
    let folder: PrivateFolder
    let name: String
    /// The name in which the other tool's lock begins: the record's own, but for what a host's folder appends to it.
    let lockName: String
    let digester: any Digester
    /// In a host's own store: where what is published came from.
    var source: Guarded<RecordSource>?

    /// What a look at the folder showed.
    struct Look: TokenLook {
        /// The tokens; nil where there are none, or none that can be decoded.
        var tokens: TokenSet?
        /// The state file's content.
        var state: TokenFileState
        /// The SHA-256 of the record that is there; empty where none is.
        var recordHash: String

        /// Whether the record is the one that the state speaks of.
        var isOurs: Bool { recordHash == state.recordHash }
        /// The record's number: one that another program wrote counts as newer than the last of ours.
        var generation: UInt64 { isOurs || recordHash.isEmpty ? state.generation : state.generation + 1 }
        /// Whether the record is a rotated refresh token and nothing more.
        var isCheckpoint: Bool { isOurs && state.isCheckpoint }
        var isProduced: Bool { isOurs && !isCheckpoint }
        var isRemoved: Bool { state.isRemoved }
        /// Whether there is a record that does not decode.
        var isDamaged: Bool { tokens == nil && !recordHash.isEmpty && !(isOurs && state.isRemoved) }

        /// Whether nothing was published, removed or written since that look.
        func isSame(as other: Look) -> Bool { generation == other.generation && recordHash == other.recordHash }
    }

    /// Looks at record and state.
    ///
    /// A record that is replaced between the two looks is looked at again.
    ///
    /// - Throws: `.unusable` where a newer version wrote the record: it is neither none nor damaged.
    func look() throws(TokenStoreError) -> Look {
        var look = try lookOnce()
        for _ in 0..<3 where !look.isOurs {
            let again = try lookOnce()
            if again.isSame(as: look) { return again }
            look = again
        }
        return look
    }

    private func lookOnce() throws(TokenStoreError) -> Look {
        let state = try read(name + ".state").flatMap { $0 }.map { TokenFileState($0) } ?? TokenFileState()
        guard let contents = try read(name) else { return Look(tokens: nil, state: state, recordHash: "") }
        guard let record = contents else { return Look(tokens: nil, state: state, recordHash: Self.tooLarge) }
        let hash = hexadecimal(digester.digest(record, .sha256))
        // A removal writes the state first: what it names is gone, even if its file still stands.
        if state.isRemoved, state.recordHash == hash { return Look(tokens: nil, state: state, recordHash: hash) }
        do {
            return Look(tokens: try TokenRecordCoding.read(record), state: state, recordHash: hash)
        } catch {
            throw .unusable(path: path, reason: error.reason, remedy: NewerTokenFormat.remedy)
        }
    }

    /// What a store gives away of a look.
    func stored(_ look: Look) -> StoredTokens? {
        guard let tokens = look.tokens else { return nil }
        let refused = tokens.refreshToken.map { hash($0) == look.state.refusedRefreshToken } ?? false
        return StoredTokens(tokens: tokens, generation: look.generation, isRefreshTokenRefused: refused)
    }

    /// Replaces record and state, in this order, if nothing else was published since `look`; gives the look at what is there then.
    func publish(_ tokens: TokenSet, after look: Look, isCheckpoint: Bool, into reserved: Reservation?)
        throws(TokenStoreError) -> (published: Bool, look: Look)
    {
        guard let bytes = TokenRecordCoding.encode(tokens) else {
            throw .notWritable(path: path, reason: "the tokens can't be encoded")
        }
        let source = source?.with { $0 }
        return try locked { () throws(TokenStoreError) in
            let now = try self.look()
            guard now.isSame(as: look), source?.isWithheld != true else { return (false, now) }
            var state = TokenFileState()
            state.origin = source?.origin
            state.generation = now.generation + 1
            state.recordHash = hexadecimal(digester.digest(bytes, .sha256))
            state.isCheckpoint = isCheckpoint
            state.isCopy = source?.isCopy ?? false
            try writing { () throws(FileFailure) in
                let record = if let reserved { reserved.record } else { try Replacement(in: folder, for: name) }
                try record.replace(name, with: bytes, durably: true)
            }
            do {
                try write(state, into: reserved?.state)
            } catch {
                // The record is on stable storage, and counts as newer than the state that it is not in.
                return (true, Look(tokens: tokens, state: now.state, recordHash: state.recordHash))
            }
            return (true, Look(tokens: tokens, state: state, recordHash: state.recordHash))
        }
    }

    /// Removes the record: state first, so that the record counts as gone before it is.
    func remove() throws(TokenStoreError) {
        // Nobody stores anything in a folder that can't be written to: where nothing is, nothing is to be removed.
        if access(folder.path, W_OK) != 0, try look().recordHash.isEmpty { return }
        var hadRecord = false
        do {
            try locked { () throws(TokenStoreError) in
                let now = try look()
                hadRecord = !now.recordHash.isEmpty
                try remove(now)
            }
        } catch {
            // Where there is no record, what can't be noted is for whoever is about to store one. That is looked for first:
            // what is stored by then is seen.
            guard error.lacksRoom, !hadRecord, isNobodyProducing, try look().recordHash.isEmpty,
                !PrivateFolder.isAnything(at: damagedPath)
            else { throw error }
        }
    }

    private func remove(_ now: Look) throws(TokenStoreError) {
        var state = TokenFileState()
        state.generation = now.generation + 1
        state.recordHash = now.recordHash
        state.isRemoved = true
        clean()
        do {
            try write(state)
        } catch {
            // On a full disk the record goes first, and makes room for the state.
            try removeRecord()
            return try write(state)
        }
        try removeRecord()
    }

    /// Whether nobody has the right to produce; who has it may have had room set aside.
    private var isNobodyProducing: Bool {
        do {
            return try FileLock.take(folder.file(name + ".right")) != nil
        } catch {
            // There is no such file, and no room for one.
            return error.lacksRoom
        }
    }

    private func removeRecord() throws(TokenStoreError) {
        try writing { () throws(FileFailure) in
            try Posix.remove(path)
            // What does not decode may hold a whole refresh token all the same.
            try Posix.remove(damagedPath)
            try Posix.synchronizeFolder(folder.path)
        }
    }

    /// Remembers that the provider has refused this refresh token.
    func noteRefused(_ refreshToken: Secret) throws(TokenStoreError) {
        try locked { () throws(TokenStoreError) in
            var state = try look().state
            state.refusedRefreshToken = hash(refreshToken)
            try write(state)
        }
    }

    /// Moves a record that does not decode out of the way, after another look; its number stays given.
    func setDamagedAside() throws(TokenStoreError) {
        try locked { () throws(TokenStoreError) in
            let look = try look()
            guard look.isDamaged else { return }
            var state = look.state
            state.generation = look.generation
            try write(state)
            try writing { () throws(FileFailure) in try Posix.rename(path, damagedPath) }
        }
    }

    /// Cleans up, and makes room for a record where there is one that does not decode.
    func tidy() throws(TokenStoreError) -> String? {
        clean()
        guard try look().isDamaged else { return nil }
        try? setDamagedAside()
        return "the token record \(path) could not be read; it was set aside as \(damagedPath)."
    }

    /// The record's path.
    var path: String { folder.file(name) }
    /// Where a record goes that does not decode.
    private var damagedPath: String { path + ".damaged" }

    /// What one publishing needs: files that exist and have their space.
    struct Reservation: Sendable {
        let record: Replacement
        let state: Replacement
    }

    /// Makes the files for two publishings, so that a full disk shows before anything is spent.
    func reserve() throws(TokenStoreError) -> [Reservation] {
        try writing { () throws(FileFailure) in
            _ = try FileLock.take(folder.file(name + ".publish"))
            return [try reserveOne(), try reserveOne()]
        }
    }

    private func reserveOne() throws(FileFailure) -> Reservation {
        let reservation = Reservation(
            record: try Replacement(in: folder, for: name), state: try Replacement(in: folder, for: name + ".state"))
        try reservation.record.reserve(Replacement.reservedSpace)
        try reservation.state.reserve(Replacement.reservedSpaceForState)
        return reservation
    }

    private func write(_ state: TokenFileState, into reserved: Replacement? = nil) throws(TokenStoreError) {
        try writing { () throws(FileFailure) in
            let file = if let reserved { reserved } else { try Replacement(in: folder, for: name + ".state") }
            try file.replace(name + ".state", with: state.bytes, durably: true)
        }
    }

    /// Stands for the hash of a file that is too large to be read, let alone to be a record.
    private static let tooLarge = "too large"

    /// A file's bytes, or nil where there are too many; nil of its own where it is not there.
    private func read(_ name: String) throws(TokenStoreError) -> [UInt8]?? {
        do {
            guard
                let bytes = try PrivateFile.read(folder.file(name), limit: TokenRecordCoding.sizeLimit, tightens: true)
            else { return .none }
            return .some(bytes)
        } catch let error as FileFailure where error.code == EFBIG {
            return .some(nil)
        } catch let error as PrivateFile.Untrusted {
            throw .refused(path: error.path, reason: error.reason, remedy: "Remove it and sign in again.")
        } catch let error as FileFailure {
            throw error.whenReading
        } catch {
            throw .notReadable(path: folder.file(name), reason: "\(error)")
        }
    }

    private func locked<Result>(_ body: () throws(TokenStoreError) -> Result) throws(TokenStoreError) -> Result {
        let lockPath = folder.file(name + ".publish")
        let lock = try writing { () throws(FileFailure) in try FileLock.takeSoon(lockPath, within: 10) }
        guard lock != nil else {
            throw .notWritable(
                path: folder.path, reason: "another process holds its lock for 10 s already; end it if it hangs")
        }
        return try withExtendedLifetime(lock) { () throws(TokenStoreError) in try body() }
    }

    private func writing<Result>(_ body: () throws(FileFailure) -> Result) throws(TokenStoreError) -> Result {
        do {
            return try body()
        } catch {
            // The folder: what a file in it is called for a moment says nothing to anybody.
            throw error.whenWriting(folder.path)
        }
    }

    private func hash(_ secret: Secret) -> String {
        hexadecimal(digester.digest(Array(secret.revealed.utf8), .sha256))
    }
}

/// Bytes as lower-case hexadecimal digits.
func hexadecimal(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
        for (index, byte) in bytes.enumerated() {
            for (place, digit) in [(2 * index, byte >> 4), (2 * index + 1, byte & 15)] {
                text[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
        }
        return 2 * bytes.count
    }
}
