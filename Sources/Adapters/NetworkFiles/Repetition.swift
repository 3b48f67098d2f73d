import Ports

extension SharedProduction {
    /// Says the newest record once more, under its own number, where many have had the right to what follows it in vain.
    ///
    /// Each of them has left a lease, an end and perhaps a marker, and cleaning counts by generations: without new ones an
    /// outage of the provider, or a weekend in which nobody signs in, would fill the folder. What is said is as old as before
    /// (`SharedRecord.original`): it is news to nobody.
    ///
    /// - Returns: the record, and the names that are there; nil where somebody else has to do it.
    func repeatNewest() -> (SharedRecord, SharedListing)? {
        guard let share = liveShare, share.name.epoch + 1 >= key.store.tries else { return nil }
        return (try? key.repeatNewest(share.name)) ?? nil
    }
}

extension SharedKey {
    /// For how long this host must have seen a record before it repeats it, in beats: so many generations as cleaning leaves then
    /// take longer than any listing is old.
    private static var standing: Double { 2 }
    /// How many times as many rights, each of which takes some synced files, last as long: where a host keeps no notes.
    private static var unseen: UInt64 { 32 }

    fileprivate func repeatNewest(_ right: RightName) throws(SharedFolderFailure) -> (SharedRecord, SharedListing)? {
        let number = right.generation
        guard hasStood(number - 1) || right.epoch >= Self.unseen * store.tries else { return nil }
        let file = try makeFile(for: number, room: SharedProduction.recordRoom)
        defer { file.discard() }
        let look = try look()
        guard look.listing.shows(file), look.highest + 1 == number, look.foreign == nil,
            number == 1 || look.newest != nil
        else { return nil }
        let made = format.repetition(number, of: look.newest)
        try file.fill(format.bytes(made))
        guard try give(file, .record(number)) == .made else { return nil }
        store.memory.saw(number, made, name)
        return (made, look.listing)
    }

    /// Whether this host has seen for long enough that the record of that number is the newest.
    private func hasStood(_ number: UInt64) -> Bool {
        let (bootID, now) = (store.census.current.bootID, time.uptime())
        let name = RightName(generation: number, epoch: 0)
        if let seen = store.notes.note(note("standing")).flatMap({ Observation($0) }),
            seen.holds(name, beat: "", bootID: bootID, at: now)
        {
            return now - seen.since >= Self.standing * store.times.beat
        }
        let seen = Observation(bootID: bootID, right: name, beat: "", since: now, written: now)
        store.notes.write(seen.bytes, to: note("standing"))
        return false
    }
}
