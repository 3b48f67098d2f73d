import Domain
import Locking
import Ports

/// A right that is ours.
struct HeldShare: Sendable {
    let name: RightName
    /// Until when nobody else may have it, as uptime.
    var end: Double
    /// The file that will say how it ended: it has its room already.
    let endFile: (any UnnamedFile)?
    /// How often its holder has shown that it is alive.
    var beats = 0
}

/// What came of trying to get the right to the next generation.
enum Claim: Sendable {
    case won(HeldShare, SharedLook)
    /// Nobody has it, and none is needed: nothing is to be refreshed, whoever looks.
    case needless(SharedLook)
    /// The same, as far as was seen; to find out is left to the process of this host whose turn it is.
    case left
    /// Somebody else has it; with trouble, nobody can tell whether that one is lost.
    case busy(RightHolder?, SharedFolderFailure? = nil)
    /// What was seen is no longer so.
    case outOfDate
}

/// What to do about a right under which nothing could be sent, since there is nothing to be refreshed.
///
/// Each of hundreds of hosts would take it in turn to find that, and keep the sign-in itself waiting.
enum IdleRight: Sendable {
    /// It is done without, by the one process of this host whose turn it is.
    case needless
    /// It is left to that process.
    case left
    /// It is taken as any other: a sign-in needs it, or nobody can tell whose turn it is on this host.
    case taken
}

extension SharedKey {
    /// How many bytes are set aside for a lease, or an end.
    static var slipRoom: Int { 1024 }

    /// Tries to get the right to what comes after that look.
    ///
    /// - Parameter idle: what to do where nothing is to be refreshed.
    func claim(after look: SharedLook, _ purpose: ProductionPurpose, idle: IdleRight)
        throws(SharedFolderFailure) -> Claim
    {
        let goal = look.highest + 1
        var epoch: UInt64 = 0
        if let latest = look.listing.latestRight(for: goal) {
            if look.listing.ends.contains(latest) {
                guard let end = try end(latest) else { return .outOfDate }
                // A right that is done has left its record: this look is older than that, or the server has lost it.
                if end.kind == .done, try !hasLost(goal) { return .outOfDate }
            } else {
                let lease = try lease(latest)
                do throws(SharedFolderFailure) {
                    guard try isLost(latest, lease, of: "lease") else { return .busy(lease?.holder) }
                } catch {
                    // Its holder has its room already, and what that one makes serves here as well.
                    guard error.isFull else { throw error }
                    return .busy(lease?.holder, error)
                }
                // It is decided on the server: its holder's own word may have come first.
                let taken = EndSlip(kind: .taken).bytes
                guard try writeOnce(.end(latest), taken, for: goal) == .made else { return .outOfDate }
            }
            epoch = latest.epoch + 1
        }
        if idle != .taken, hasNothingToRefresh(look) {
            guard idle == .needless else { return .left }
            let now = try lookAfresh()
            let isSo = now.highest == look.highest && hasNothingToRefresh(now)
            // Who has taken the right meanwhile may be somebody who signs in.
            return isSo && now.listing.latestRight(for: goal) == look.listing.latestRight(for: goal)
                ? .needless(now) : .outOfDate
        }
        guard let share = try lease(RightName(generation: goal, epoch: epoch), purpose) else { return .outOfDate }
        return try confirm(share, goal)
    }

    /// Whether there is no refresh token that anybody may send: a sign-in alone makes one, under a right of its own.
    private func hasNothingToRefresh(_ look: SharedLook) -> Bool {
        stored(look).map { $0.usableRefreshToken == nil } ?? look.isRemoved
    }

    /// A look that no cache of this host's has made: it shows a file of our own.
    private func lookAfresh() throws(SharedFolderFailure) -> SharedLook {
        let file = try makeFile(for: store.memory[name].number + 1, room: 0)
        defer { file.discard() }
        let look = try look()
        // Not shown, or cleaned up, as the number that it was made for has been given meanwhile.
        guard look.listing.shows(file), case .missing = try record(look.highest + 1) else {
            throw .outOfDate(folder.path + "/" + subfolder)
        }
        return look
    }

    /// Takes a right of that name; nil where somebody else has it.
    func lease(
        _ name: RightName, _ purpose: ProductionPurpose,
        into files: (lease: any UnnamedFile, end: any UnnamedFile)? = nil
    ) throws(SharedFolderFailure) -> HeldShare? {
        let slip = LeaseSlip(stamp: store.census.current, purpose: purpose, since: time.now(), mark: mark())
        let began = time.uptime()
        let endFile = if let files { files.end } else { try makeFile(for: name.generation, room: Self.slipRoom) }
        do throws(SharedFolderFailure) {
            if try writeOnce(.lease(name), slip.bytes, for: name.generation, into: files?.lease) == .made {
                return HeldShare(name: name, end: began + store.times.right, endFile: endFile)
            }
        } catch {
            // It may be there all the same: nobody is to wait for it.
            store.abandoned.with { _ = $0.insert(slip.mark) }
            endFile.discard()
            throw error
        }
        endFile.discard()
        return nil
    }

    /// Looks again, and uses nothing from before: a right to what is there already, or after what is gone, is none.
    private func confirm(_ share: HeldShare, _ goal: UInt64) throws(SharedFolderFailure) -> Claim {
        do throws(SharedFolderFailure) {
            let look = try look()
            if look.highest == goal - 1, try isThere(look.highest) { return .won(share, look) }
        } catch {
            end(share, EndSlip(kind: .released))
            throw error
        }
        end(share, EndSlip(kind: .released))
        return .outOfDate
    }

    /// Whether the server has lost a record that somebody has published: what is listed after a file of our own was made shows
    /// neither that record nor a later one.
    ///
    /// No more than waiting depends on it: what that one has sent is marked, and its number is given by a link.
    private func hasLost(_ number: UInt64) throws(SharedFolderFailure) -> Bool {
        let file = try makeFile(for: number, room: 0)
        defer { file.discard() }
        guard case .missing = try record(number) else { return false }
        let listing = SharedListing(try folder.names(in: subfolder))
        return listing.shows(file) && listing.highest < number
    }

    /// Whether the record of that number is there, opened anew; before the first there is nothing that could be gone.
    func isThere(_ number: UInt64) throws(SharedFolderFailure) -> Bool {
        guard number > 0 else { return true }
        if case .missing = try record(number) { return false }
        return true
    }

    /// Gives a right back, and says how; it may fail without a word, as if its holder had died.
    func end(_ share: HeldShare, _ slip: EndSlip) {
        let outcome = try? writeOnce(.end(share.name), slip.bytes, for: share.name.generation, into: share.endFile)
        // Whoever cleaned up behind a newer record has taken the file that was set aside.
        if outcome == .gone { _ = try? writeOnce(.end(share.name), slip.bytes, for: share.name.generation) }
        tellHost()
    }
}
