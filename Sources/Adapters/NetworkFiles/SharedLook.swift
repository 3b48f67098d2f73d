import Domain
import Ports
import Production

/// What one look at a key's folder shows.
struct SharedLook: Sendable {
    let listing: SharedListing
    /// The highest number of a record, damaged or not; 0 before the first.
    let highest: UInt64
    /// The record of that number; nil where there is none, or it is damaged: then a lower one counts no more, since it may have
    /// been removed.
    let newest: SharedRecord?
    /// What the other tool wrote since, with its bytes.
    let foreign: (bytes: [UInt8], tokens: TokenSet)?

    /// The tokens that count.
    var tokens: TokenSet? { foreign?.tokens ?? newest?.tokens }
    /// The number of what counts, whatever repeats it; the other tool's file is as good as the next record.
    var generation: UInt64 { foreign == nil ? newest?.original ?? highest : highest + 1 }
    /// Whether it came out of a production, and is more than a rotated refresh token.
    var isProduced: Bool { foreign == nil && newest?.kind == .record }
    /// Whether the newest record is there and tells nothing.
    var isDamaged: Bool { foreign == nil && newest == nil && highest > 0 }
    /// Whether the last thing that was done was a removal.
    var isRemoved: Bool { foreign == nil && newest?.isRemoval ?? false }
}

extension SharedKey {
    /// What reading a record's file gave.
    enum RecordReading {
        case whole(SharedRecord)
        case damaged
        case missing
    }

    /// How often a folder that seems to change, or to be out of date, is looked at again at once.
    private static var looks: Int { 5 }

    /// Looks at the folder.
    func look() throws(SharedFolderFailure) -> SharedLook {
        var suspect: [UInt8]?
        for _ in 0..<Self.looks {
            let listing = SharedListing(try folder.names(in: subfolder))
            let known = store.memory[name]
            let highest = max(listing.highest, known.number)
            var newest: SharedRecord?
            var isDamaged = false
            if highest > 0 {
                switch try record(highest) {
                case .whole(let record): newest = record
                case .damaged: isDamaged = true
                case .missing:
                    // Cleaned up since the listing was made, or not to be seen yet.
                    guard known.number == highest, let record = known.record else { continue }
                    newest = record
                }
            }
            // Beside a damaged record there is no telling whether the other file is only its mirror.
            let foreign = isDamaged ? nil : try self.foreign(listing, newest)
            // One that another host has just published is no other tool's: it shows when looked for once more.
            if let foreign, suspect != foreign.bytes {
                suspect = foreign.bytes
                continue
            }
            return SharedLook(listing: listing, highest: highest, newest: newest, foreign: foreign)
        }
        throw .outOfDate(folder.path + "/" + subfolder)
    }

    /// Looks again until the server shows at least what it showed before, for a while.
    func lookPatiently() async throws(SharedFolderFailure) -> SharedLook {
        try await patiently { () throws(SharedFolderFailure) in try look() }
    }

    /// Tries again for some seconds where the failure may be a passing one.
    ///
    /// - Parameters:
    ///   - seconds: for how long; as long as a beat takes where nothing is said.
    ///   - word: what the person is told once, where it takes longer than a moment.
    func patiently<Result>(
        for seconds: Double? = nil, telling word: String? = nil,
        _ body: () throws(SharedFolderFailure) -> Result
    ) async throws(SharedFolderFailure) -> Result {
        let began = time.uptime()
        let end = began + (seconds ?? store.times.beat)
        var word = word
        var pause = 0.02
        while true {
            do {
                return try body()
            } catch {
                guard error.isPassing, time.uptime() < end, !Task.isCancelled else { throw error }
            }
            if let line = word, time.uptime() - began > Patience.silence {
                store.notices.tell(line)
                word = nil
            }
            await time.sleep(seconds: pause)
            pause = min(1, pause * 2)
        }
    }

    /// Reads a record's file, opened anew.
    func record(_ number: UInt64) throws(SharedFolderFailure) -> RecordReading {
        guard let bytes = try read(.record(number)) else { return .missing }
        switch format.read(bytes, number) {
        case .whole(let record):
            store.memory.saw(number, record, name)
            return .whole(record)
        case .damaged:
            return .damaged
        case .newer(let format):
            throw .newer(fullPath(.record(number)), format)
        }
    }

    /// What the other tool has in its file, where none of our records is mirrored there.
    ///
    /// A newer version's is not passed over: its refresh token may have come of ours.
    private func foreign(_ listing: SharedListing, _ newest: SharedRecord?) throws(SharedFolderFailure)
        -> (bytes: [UInt8], tokens: TokenSet)?
    {
        // Read after the listing: what a host mirrored before that is among its records.
        guard let bytes = try folder.read(name), bytes != newest?.body else { return nil }
        let decoded: TokenSet?
        do { decoded = try store.coding.decode(bytes) } catch { throw .newer(folder.path + "/" + name, error) }
        guard let tokens = decoded else { return nil }
        let hash = format.hash(bytes)
        if newest?.knows(hash) ?? false { return nil }
        for number in listing.records.sorted(by: >) where number != newest?.generation {
            switch try record(number) {
            case .whole(let record): if record.knows(hash) { return nil }
            case .damaged, .missing: if number + 1 >= newest?.generation ?? 0 { return nil }
            }
        }
        return (bytes, tokens)
    }

    /// What a store gives away of a look.
    func stored(_ look: SharedLook) -> StoredTokens? {
        guard let tokens = look.tokens else { return nil }
        var isRefused = false
        if look.foreign == nil, let newest = look.newest, let refreshToken = tokens.refreshToken {
            isRefused = look.listing.refused.contains(hash(refreshToken, exchanges: newest.exchanges))
        }
        return StoredTokens(tokens: tokens, generation: look.generation, isRefreshTokenRefused: isRefused)
    }
}
