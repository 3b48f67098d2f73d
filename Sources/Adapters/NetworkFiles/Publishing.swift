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
    /// The bytes of the checkpoint before it, where the call that was to store that has failed.
    var doubtfulCheckpoint: [UInt8]?
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
    /// It needs no right: the link decides. A number is fixed by a look that shows the temporary file, which whoever cleans
    /// up that number removes first: a look that does not is older than the file, or the file is gone.
    func publish(_ draft: Draft, as number: UInt64, into reserved: inout [any UnnamedFile])
        throws(SharedFolderFailure) -> Publication
    {
        var (draft, goal) = (draft, number)
        for _ in 0..<50 {
            let file =
                if let file = reserved.popLast() { file } else { try makeFile(for: goal, room: draft.body.count + 512) }
            defer { file.discard() }
            let look = try look()
            guard look.listing.shows(file) else { continue }
            if let foreign = look.foreign, draft.kind != .imported {
                try importForeign(foreign, as: look.highest + 1, after: look.newest, into: file)
                continue
            }
            if look.highest >= goal, case .whole(let there) = try record(goal) {
                // Made by this very producer, though the call failed.
                if there.kind == draft.kind, there.body == draft.body { return .made(there) }
                if there.kind == .checkpoint, there.body == draft.doubtfulCheckpoint {
                    draft.exchanges = there.exchanges
                    goal += 1
                }
            }
            if look.highest >= goal {
                // Else all that came since repeats what this is based on, however much of that is cleaned away.
                let isNews = look.newest?.original ?? look.highest >= goal
                if isNews, try !Precedence.mayFollow(records(goal...look.highest), draft) { return .dropped }
                goal = look.highest + 1
            }
            guard look.highest + 1 == goal else { return .dropped }
            let made = format.record(
                draft.kind, draft.body, draft.tokens, goal, exchanges: draft.exchanges.map { min($0, goal) } ?? goal,
                after: look.newest)
            try file.fill(format.bytes(made))
            switch try link(file, made) {
            case .made:
                store.memory.saw(goal, made, name)
                return .made(made)
            case .exists: store.memory.saw(goal, nil, name)
            case .gone: break
            }
        }
        throw .outOfDate(folder.path + "/" + subfolder)
    }

    /// Publishes what the other tool wrote, without a right of that number, in a file that the look before showed.
    private func importForeign(
        _ foreign: (bytes: [UInt8], tokens: TokenSet), as number: UInt64, after previous: SharedRecord?,
        into file: any UnnamedFile
    ) throws(SharedFolderFailure) {
        let record = format.record(
            .imported, foreign.bytes, foreign.tokens, number, exchanges: number, after: previous)
        try file.fill(format.bytes(record))
        if try give(file, .record(number)) != .gone { store.memory.saw(number, nil, name) }
    }

    /// Gives a record's file its name.
    ///
    /// A checkpoint whose name is there, though the call failed, is gone on from: what is made of it comes after it.
    private func link(_ file: any UnnamedFile, _ made: SharedRecord) throws(SharedFolderFailure) -> LinkOutcome {
        do throws(SharedFolderFailure) {
            return try give(file, .record(made.generation))
        } catch {
            guard made.kind == .checkpoint, case .whole(let there) = try record(made.generation),
                there.kind == made.kind, there.body == made.body
            else { throw error }
            return .made
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

    /// Publishes a removal, whatever else is published meanwhile; without a word where there is no folder to remove from.
    ///
    /// That there is nothing, or a removal already, is not believed of a look, which may be out of date: the link decides.
    func remove() throws(SharedFolderFailure) {
        for _ in 0..<100 {
            let hasMirror = try folder.read(name) != nil
            // The file first, then the look that decides its number: whoever cleans up that number removes the file first.
            let first = store.memory[name].number + 1
            let made: (any UnnamedFile)?
            do throws(SharedFolderFailure) {
                made = try tombstoneFile(for: first, hasMirror: hasMirror)
            } catch {
                // Where no links are to be had nobody has published anything: the other tool's file is all that there can be.
                guard error.isLinkless, try SharedListing(folder.names(in: subfolder)).records.isEmpty else {
                    throw error
                }
                return try folder.remove(name)
            }
            guard let file = made else { return }
            defer { file.discard() }
            let listing = SharedListing(try folder.names(in: subfolder))
            guard listing.shows(file) else { continue }
            let highest = max(listing.highest, store.memory[name].number)
            var previous: SharedRecord?
            if highest > 0 {
                switch try record(highest) {
                case .whole(let record): previous = record
                case .damaged: break
                case .missing: continue
                }
            }
            let number = highest + 1
            let tombstone = format.tombstone(number, after: previous)
            try file.fill(format.bytes(tombstone))
            switch try give(file, .record(number)) {
            case .made:
                store.memory.saw(number, tombstone, name)
                try folder.remove(name)
                tellHost()
                let all = SharedListing(try folder.names(in: subfolder))
                blank(all.records.filter { $0 < number })
                return clean(all, behind: tombstone)
            case .exists: store.memory.saw(number, nil, name)
            case .gone: break
            }
        }
        throw .outOfDate(folder.path + "/" + subfolder)
    }

    /// Takes the tokens out of records that were removed, and leaves their names: none of those may ever be given again.
    private func blank(_ numbers: Set<UInt64>) {
        for number in numbers.sorted() {
            guard let bytes = try? read(.record(number)) else { continue }
            switch format.read(bytes, number) {
            case .whole(let record) where record.kind == .tombstone: continue
            case .newer: continue
            // What does not decode may hold a whole refresh token all the same.
            case .whole, .damaged: break
            }
            try? folder.overwrite(path(.record(number)), with: format.bytes(format.tombstone(number)))
        }
    }

    /// The file of a removal; nil where there is nothing to remove.
    private func tombstoneFile(for generation: UInt64, hasMirror: Bool) throws(SharedFolderFailure)
        -> (any UnnamedFile)?
    {
        let room = 2048
        do throws(SharedFolderFailure) {
            return try preparedFile(for: generation, room: room)
        } catch {
            guard hasMirror, error.isAbsence || error.isFull else {
                if error.isAbsence { return nil }
                throw error
            }
        }
        do throws(SharedFolderFailure) {
            try prepare()
            return try makeFile(for: generation, room: room)
        } catch {
            guard error.isFull else { throw error }
            // On a full disk the other tool's file goes first, and makes room.
            try folder.remove(name)
            try prepare()
            return try makeFile(for: generation, room: room)
        }
    }

    /// A temporary file in a folder that is there already.
    private func preparedFile(for generation: UInt64, room: Int) throws(SharedFolderFailure) -> any UnnamedFile {
        let file = try makeFile(for: generation, room: room)
        do throws(SharedFolderFailure) {
            try prepare()
        } catch {
            file.discard()
            throw error
        }
        return file
    }
}
