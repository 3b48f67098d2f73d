import Locking
import Ports

/// What this host has last seen of somebody else's right: kept for all its processes, so that short-lived ones add up to one
/// observation.
struct Observation: Sendable, Equatable {
    /// Which start of this host the times are of.
    let bootID: String
    let right: RightName
    /// The hash of what the holder wrote last.
    let beat: String
    /// Since when that has not changed, as uptime.
    let since: Double
    /// When this host could last write to the folder.
    var written: Double

    /// Whether this is still what is seen, at that uptime.
    func holds(_ right: RightName, beat: String, bootID: String, at now: Double) -> Bool {
        self.right == right && self.beat == beat && self.bootID == bootID && since <= now && written <= now
    }

    var bytes: [UInt8] {
        var lines = Lines()
        lines.add("boot", bootID)
        lines.add("right", right.text)
        lines.add("beat", beat)
        lines.add("since", "\(since)")
        lines.add("written", "\(written)")
        return lines.bytes
    }
}

extension Observation {
    init?(_ bytes: [UInt8]) {
        let lines = Lines(bytes)
        guard let boot = lines["boot"], let right = lines["right"].flatMap({ RightName($0) }), let beat = lines["beat"],
            let since = lines["since"].flatMap({ Double($0) }), let written = lines["written"].flatMap({ Double($0) })
        else { return nil }
        self.init(bootID: boot, right: right, beat: beat, since: since, written: written)
    }
}

extension SharedKey {
    /// Whether that right is to be given up in its holder's name: this process has it and does not use it; on this host its
    /// process has ended; or its beat has not changed for as long as the protocol says, while this host could write to the
    /// folder.
    ///
    /// - Parameter kind: what it is looked at for: each kind is observed by itself.
    func isLost(_ right: RightName, _ lease: LeaseSlip?, of kind: String) throws(SharedFolderFailure) -> Bool {
        if let lease, store.abandoned.with({ $0.contains(lease.mark) }) || store.census.hasEnded(lease.stamp) {
            return true
        }
        do throws(SharedFolderFailure) {
            return try isSilent(right, kind)
        } catch {
            // Any trouble reaching the server starts the observation again.
            store.notes.write([], to: note(kind))
            store.observed.with { $0[note(kind)] = nil }
            throw error
        }
    }

    private func isSilent(_ right: RightName, _ kind: String) throws(SharedFolderFailure) -> Bool {
        let bootID = store.census.current.bootID
        let beat = try self.beat(right)
        let now = time.uptime()
        let noted = store.notes.note(note(kind)).flatMap { Observation($0) } ?? store.observed.with { $0[note(kind)] }
        guard var seen = noted, seen.holds(right, beat: beat, bootID: bootID, at: now) else {
            try writeSomething(right)
            keep(Observation(bootID: bootID, right: right, beat: beat, since: now, written: now), kind)
            return false
        }
        let isOver = now - seen.since >= store.times.silence
        if isOver || now - seen.written >= store.times.beat {
            try writeSomething(right)
            seen.written = now
            keep(seen, kind)
        }
        // Once more, now that the server is known to be there.
        let again = try self.beat(right)
        return isOver && again == beat
    }

    private func beat(_ right: RightName) throws(SharedFolderFailure) -> String {
        try read(.beat(right)).map { format.hash($0) } ?? "-"
    }

    private func writeSomething(_ right: RightName) throws(SharedFolderFailure) {
        let file = try makeFile(for: right.generation, room: 0)
        defer { file.discard() }
        try file.fill(Array("seen\n".utf8))
    }

    private func keep(_ observation: Observation, _ kind: String) {
        store.notes.write(observation.bytes, to: note(kind))
        store.observed.with { $0[note(kind)] = observation }
    }
}
