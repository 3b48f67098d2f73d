import Ports

/// What may be removed from a key's folder, and in which order.
enum Cleaning {
    /// How many generations stay.
    ///
    /// A refresh makes two, and a host may be shown a listing that is a minute old. What that names must still be there, or
    /// the host could not read, and would take names that were given before for new ones.
    static let kept: UInt64 = 16

    /// The files that nobody needs once that record is the newest: strictly oldest first, and of one generation those that
    /// somebody could still give its name before the record that has it.
    ///
    /// - Parameters:
    ///   - makers: the generation of the right that made each marker.
    ///   - kept: records whose names must stay, since they are damaged or the other tool's file shows them.
    ///   - generations: how many of the newest stay whole.
    static func plan(
        _ listing: SharedListing, newest: UInt64, makers: [SharedName: UInt64], kept: Set<UInt64>,
        keeping generations: UInt64 = Cleaning.kept
    ) -> [SharedName] {
        var doomed: [(generation: UInt64, rank: Int, name: SharedName)] = []
        for (generation, name) in listing.temporary where generation <= newest { doomed.append((generation, 0, name)) }
        guard newest > generations else { return order(doomed) }
        let last = newest - generations
        for number in listing.records where number <= last && !kept.contains(number) {
            doomed.append((number, 1, .record(number)))
        }
        for (name, generation) in makers where generation <= last { doomed.append((generation, 2, name)) }
        for right in listing.beats where right.generation <= last { doomed.append((right.generation, 3, .beat(right))) }
        for right in listing.leases where right.generation <= last {
            doomed.append((right.generation, 4, .lease(right)))
        }
        for right in listing.ends where right.generation <= last { doomed.append((right.generation, 5, .end(right))) }
        return order(doomed)
    }

    private static func order(_ doomed: [(generation: UInt64, rank: Int, name: SharedName)]) -> [SharedName] {
        doomed.sorted { ($0.generation, $0.rank, $0.name.text) < ($1.generation, $1.rank, $1.name.text) }.map(\.name)
    }
}

extension SharedKey {
    /// Removes what nobody needs once that record is the newest; it may fail without a word, and stops where it does.
    func clean(_ listing: SharedListing, upTo newest: UInt64) {
        do throws(SharedFolderFailure) {
            // Those first that could still be renamed onto the other tool's file, which is then looked at.
            for name in Cleaning.plan(listing, newest: newest, makers: [:], kept: listing.records) {
                if case .new = name { try folder.remove(path(name)) }
            }
            guard newest > Cleaning.kept else { return }
            let kept = try keptRecords(listing, upTo: newest - Cleaning.kept)
            let makers = try makers(listing)
            for name in Cleaning.plan(listing, newest: newest, makers: makers, kept: kept) {
                try folder.remove(path(name))
            }
        } catch {}
    }

    /// Damaged records, and the one that the other tool's file shows.
    private func keptRecords(_ listing: SharedListing, upTo last: UInt64) throws(SharedFolderFailure) -> Set<UInt64> {
        let mirror = try folder.read(name).map { format.hash($0) }
        var kept: Set<UInt64> = []
        for number in listing.records.sorted() where number <= last {
            guard case .whole(let record) = try record(number) else {
                kept.insert(number)
                continue
            }
            if record.mirror == mirror { kept.insert(number) }
        }
        return kept
    }

    private func makers(_ listing: SharedListing) throws(SharedFolderFailure) -> [SharedName: UInt64] {
        var makers: [SharedName: UInt64] = [:]
        let markers = listing.spent.map { SharedName.spent($0) } + listing.refused.map { SharedName.refused($0) }
        for name in markers.sorted(by: { $0.text < $1.text }) {
            if let slip = try read(name).flatMap({ MarkerSlip($0) }) { makers[name] = slip.right.generation }
        }
        return makers
    }
}
