import Domain
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
    ///   - makers: the generation of the right that made each marker; those that must stay are not among them.
    ///   - kept: records whose names must stay, since they are damaged or the other tool's file shows them.
    ///   - ends: rights whose ends must stay, since a marker that stays is of them.
    ///   - generations: how many of the newest stay whole.
    static func plan(
        _ listing: SharedListing, newest: UInt64, makers: [SharedName: UInt64], kept: Set<UInt64>,
        ends: Set<RightName> = [], keeping generations: UInt64 = Cleaning.kept
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
        for right in listing.ends.subtracting(ends) where right.generation <= last {
            doomed.append((right.generation, 5, .end(right)))
        }
        return order(doomed)
    }

    private static func order(_ doomed: [(generation: UInt64, rank: Int, name: SharedName)]) -> [SharedName] {
        doomed.sorted { ($0.generation, $0.rank, $0.name.text) < ($1.generation, $1.rank, $1.name.text) }.map(\.name)
    }
}

extension SharedKey {
    /// Removes what nobody needs once that record is the newest; it may fail without a word, and stops where it does.
    func clean(_ listing: SharedListing, behind record: SharedRecord) {
        let newest = record.generation
        do throws(SharedFolderFailure) {
            // Those first that could still be renamed onto the other tool's file, which is then looked at.
            for name in Cleaning.plan(listing, newest: newest, makers: [:], kept: listing.records) {
                if case .new = name { try folder.remove(path(name)) }
            }
            guard newest > Cleaning.kept else { return }
            let kept = try keptRecords(listing, upTo: newest - Cleaning.kept)
            let current = try currentMarkers(listing, record)
            let makers = try makers(listing.markers.subtracting(current.names))
            for name in Cleaning.plan(listing, newest: newest, makers: makers, kept: kept, ends: current.rights) {
                try folder.remove(path(name))
            }
        } catch {}
    }

    /// Damaged records, and the last one that the other tool's file shows.
    private func keptRecords(_ listing: SharedListing, upTo last: UInt64) throws(SharedFolderFailure) -> Set<UInt64> {
        let mirror = try folder.read(name).map { format.hash($0) }
        var kept: Set<UInt64> = []
        var shown: UInt64?
        for number in listing.records.sorted() where number <= last {
            guard case .whole(let record) = try record(number) else {
                kept.insert(number)
                continue
            }
            if record.mirror == mirror { shown = number }
        }
        return kept.union(shown.map { [$0] } ?? [])
    }

    /// What is still to be known of that record's refresh token, which may be sent yet: whether it was refused, and its last
    /// marker, if that tells of those before it, with how its right ended.
    private func currentMarkers(_ listing: SharedListing, _ newest: SharedRecord) throws(SharedFolderFailure)
        -> (names: Set<SharedName>, rights: Set<RightName>)
    {
        guard let refreshToken = newest.tokens?.refreshToken else { return ([], []) }
        let hash = hash(refreshToken, exchanges: newest.exchanges)
        var (names, rights): (Set<SharedName>, Set<RightName>) = ([.refused(hash)], [])
        for marker in listing.spent.filter({ $0.hash == hash }).sorted(by: { $0.attempt > $1.attempt }) {
            names.insert(.spent(marker))
            // It is listed: of what does not show now, nothing is known that it tells.
            guard let bytes = try read(.spent(marker)) else { throw .absent(path(.spent(marker))) }
            guard let slip = MarkerSlip(bytes) else { continue }
            rights.insert(slip.right)
            if slip.earlier != nil { break }
        }
        return (names, rights)
    }

    private func makers(_ markers: Set<SharedName>) throws(SharedFolderFailure) -> [SharedName: UInt64] {
        var makers: [SharedName: UInt64] = [:]
        for name in markers.sorted(by: { $0.text < $1.text }) {
            if let slip = try read(name).flatMap({ MarkerSlip($0) }) { makers[name] = slip.right.generation }
        }
        return makers
    }
}
