import Domain
import Ports

/// What is to be published, before its number is known.
struct Draft: Sendable {
    let kind: SharedRecord.Kind
    let tokens: TokenSet
    /// The tokens' bytes.
    let body: [UInt8]
    /// The refresh token that was sent for it; nil where it comes from a sign-in.
    var exchanged: Secret?
    /// Which exchange it comes from, where its checkpoint was stored before.
    var exchanges: UInt64?
}

/// What came of publishing.
enum Publication: Sendable {
    /// It is record of that number.
    case made(SharedRecord)
    /// Somebody was faster: what is there stays.
    case dropped
}

/// Whether what somebody else published first stays the last word.
enum Precedence {
    /// Whether a draft may follow these records, all that came after the one that it was based on; nil for one that can't be read.
    static func mayFollow(_ records: [SharedRecord?], _ draft: Draft) -> Bool {
        // Nothing goes past a removal, nor past what is not known to be none.
        guard let last = records.last.flatMap({ $0 }), records.allSatisfy({ $0 != nil && $0?.kind != .tombstone })
        else { return false }
        guard let exchanged = draft.exchanged else { return last.kind == .checkpoint }
        // It holds the very token that was exchanged, which is worth nothing any more.
        return last.tokens?.refreshToken == exchanged
    }
}

extension SharedKey {
    /// Publishes a draft as the record of that number, or of a later one where it may follow what came first.
    ///
    /// It needs no right: the link decides. A number is fixed by a look that is made while the temporary file is there,
    /// which whoever cleans up that number removes first.
    func publish(_ draft: Draft, as number: UInt64, into reserved: inout [any UnnamedFile])
        throws(SharedFolderFailure) -> Publication
    {
        var goal = number
        for _ in 0..<50 {
            let file =
                if let file = reserved.popLast() { file } else { try makeFile(for: goal, room: draft.body.count + 512) }
            defer { file.discard() }
            let look = try look()
            if let foreign = look.foreign, draft.kind != .imported {
                try importForeign(foreign, as: look.highest + 1)
                continue
            }
            if look.highest >= goal {
                guard Precedence.mayFollow(try records(goal...look.highest), draft) else { return .dropped }
                goal = look.highest + 1
            }
            guard look.highest + 1 == goal else { return .dropped }
            let made = format.record(
                draft.kind, draft.body, draft.tokens, goal, exchanges: draft.exchanges.map { min($0, goal) } ?? goal)
            try file.fill(format.bytes(made))
            switch try file.link(to: path(.record(goal))) {
            case .made:
                store.memory.saw(goal, made, name)
                return .made(made)
            case .exists: store.memory.saw(goal, nil, name)
            case .gone: break
            }
        }
        throw .outOfDate(folder.path + "/" + subfolder)
    }

    /// Publishes what the other tool wrote, without a right of that number.
    private func importForeign(_ foreign: (bytes: [UInt8], tokens: TokenSet), as number: UInt64)
        throws(SharedFolderFailure)
    {
        let record = format.record(.imported, foreign.bytes, foreign.tokens, number, exchanges: number)
        if try writeOnce(.record(number), format.bytes(record), for: number) != .gone {
            store.memory.saw(number, nil, name)
        }
    }

    private func records(_ numbers: ClosedRange<UInt64>) throws(SharedFolderFailure) -> [SharedRecord?] {
        var records: [SharedRecord?] = []
        // More than these have never come between two looks of one that is awake.
        for number in numbers.prefix(16) {
            if case .whole(let record) = try record(number) { records.append(record) } else { records.append(nil) }
        }
        return numbers.count > 16 ? [nil] : records
    }

    /// Publishes a removal, whatever else is published meanwhile; without a word where there is nothing to remove.
    func remove() throws(SharedFolderFailure) {
        for _ in 0..<100 {
            let listing = SharedListing(try folder.names(in: subfolder))
            let highest = max(listing.highest, store.memory[name].number)
            let hasMirror = try folder.read(name) != nil
            guard highest > 0 || hasMirror || !listing.leases.isEmpty else { return }
            if try isRemoved(highest, listing) {
                try folder.remove(name)
                return clean(listing, upTo: highest)
            }
            let number = highest + 1
            switch try writeTombstone(number, removingMirrorIfFull: hasMirror) {
            case .made:
                store.memory.saw(number, format.tombstone(number), name)
                try folder.remove(name)
                tellHost()
                return clean(SharedListing(try folder.names(in: subfolder)), upTo: number)
            case .exists: store.memory.saw(number, nil, name)
            case .gone: break
            }
        }
        throw .outOfDate(folder.path + "/" + subfolder)
    }

    /// Whether the newest record is a removal, and nobody produces who looked before it.
    private func isRemoved(_ highest: UInt64, _ listing: SharedListing) throws(SharedFolderFailure) -> Bool {
        guard highest > 0, case .whole(let record) = try record(highest), record.kind == .tombstone else {
            return false
        }
        return listing.latestRight(for: highest + 1).map { listing.ends.contains($0) } ?? true
    }

    private func writeTombstone(_ number: UInt64, removingMirrorIfFull hasMirror: Bool)
        throws(SharedFolderFailure) -> LinkOutcome
    {
        try prepare()
        let bytes = format.bytes(format.tombstone(number))
        do throws(SharedFolderFailure) {
            return try writeOnce(.record(number), bytes, for: number)
        } catch {
            guard error.isFull, hasMirror else { throw error }
            // On a full disk the other tool's file goes first, and makes room.
            try folder.remove(name)
            return try writeOnce(.record(number), bytes, for: number)
        }
    }
}
