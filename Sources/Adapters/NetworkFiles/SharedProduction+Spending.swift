import Domain
import Locking
import Ports
import Production

/// Whether a refresh token may be sent, given what became of everybody who was about to send it.
enum SpendDecision: Sendable, Equatable {
    /// It may be tried, under the marker of that number.
    case attempt(UInt64)
    /// Whoever made that marker may still be at it.
    case wait(UInt64)
    /// It may have been sent, and what came of that is not known.
    case spent

    /// What became of an attempt.
    enum Fate: Sendable, Equatable {
        /// Nothing was sent, or the provider left the token as it was.
        case unsent
        /// Its right was given up in its maker's name.
        case takenOver
        /// Its right ended otherwise.
        case ended
        /// Its right has not ended.
        case open
    }

    /// What to do after these attempts, the latest first, which has that number; before those that are not named here
    /// none counts.
    ///
    /// A token that may have been sent is sent once more, and no more, where its sender was lost.
    static func decide(_ fates: [Fate], latest: UInt64) -> SpendDecision {
        if let open = fates.lastIndex(of: .open) { return .wait(latest - UInt64(open)) }
        return earlier(fates) == nil ? .spent : .attempt(latest + 1)
    }

    /// What the next marker says of these; nil where the token counts as spent.
    static func earlier(_ fates: [Fate]) -> MarkerSlip.Earlier? {
        let doubtful = fates.filter { $0 != .unsent }
        if doubtful.isEmpty { return .unsent }
        return doubtful == [.takenOver] ? .taken : nil
    }
}

extension SharedProduction {
    /// Another process has the right, or has published: this production is over, and is begun anew by `produce`.
    func startOver() -> TokenStoreError {
        state.with { $0.restart = .overtaken }
        return .overtaken(path: key.folder.path)
    }

    /// The same after trouble that may pass; that error where it is not of that kind.
    ///
    /// What the server does not do, or show, at the moment is waited for where waiting is possible: before the right.
    func startOver(after failure: SharedFolderFailure, _ error: TokenStoreError) -> TokenStoreError {
        guard failure.isPassing else { return error }
        state.with { $0.restart = .trouble(error) }
        return .overtaken(path: key.folder.path)
    }

    func spend(_ refreshToken: Secret) async throws(TokenStoreError) -> Spending {
        try reserve()
        if let sentBy = again(refreshToken) { return .allowed(sentBy: sentBy) }
        var attempts: UInt64 = 0
        var patience = key.store.patience(until: deadline)
        while true {
            let (hash, listing) = try await marked(refreshToken)
            attempts = max(attempts, listing.attempts(hash))
            let fates = try await self.fates(hash, attempts, listing)
            switch SpendDecision.decide(fates, latest: attempts) {
            case .spent:
                // It stays so: who only looks is to see it as well.
                try? noteRefused(refreshToken)
                return .spent
            case .attempt(let number):
                let slip = liveShare.map { MarkerSlip(right: $0.name, earlier: SpendDecision.earlier(fates)) }
                if let sentBy = try await attempt(refreshToken, SpentName(hash: hash, attempt: number), slip) {
                    return .allowed(sentBy: sentBy)
                }
                // Somebody else's, though it did not show: from now on it is known.
                attempts = number
            case .wait(let number):
                let holder = try await waitFor(SpentName(hash: hash, attempt: number))
                try patience.wait(for: holder)
                await key.time.sleep(seconds: 0.1)
            }
        }
    }

    /// A token that was allowed before and is as good as then needs no other marker.
    private func again(_ refreshToken: Secret) -> Double? {
        guard let end = liveShare?.end, key.time.uptime() <= end - key.store.times.request else { return nil }
        return state.with { state in
            guard let index = state.spent.firstIndex(where: { $0.token == refreshToken && $0.isKept }) else {
                return nil
            }
            state.spent[index].isKept = false
            return end - key.store.times.request
        }
    }

    /// The hash of the token of the newest record, which this must be, and the names that were seen with it.
    private func marked(_ refreshToken: Secret) async throws(TokenStoreError) -> (hash: String, SharedListing) {
        let look: SharedLook
        do { look = try await key.lookPatiently() } catch { throw error.whenReading }
        guard liveShare != nil, look.highest + 1 == state.with({ $0.goal }), look.foreign == nil,
            let newest = look.newest, newest.tokens?.refreshToken == refreshToken
        else { throw startOver() }
        let hash = key.hash(refreshToken, exchanges: newest.exchanges)
        return (hash, look.listing)
    }

    /// What became of these attempts, the latest first, as far back as is not told by one of them.
    private func fates(_ hash: String, _ attempts: UInt64, _ listing: SharedListing) async throws(TokenStoreError)
        -> [SpendDecision.Fate]
    {
        var fates: [SpendDecision.Fate] = []
        for attempt in stride(from: attempts, to: 0, by: -1) {
            let marker = SpentName(hash: hash, attempt: attempt)
            let (fate, earlier): (SpendDecision.Fate, MarkerSlip.Earlier?)
            do throws(SharedFolderFailure) {
                (fate, earlier) = try await key.patiently { () throws(SharedFolderFailure) in
                    try self.fate(marker, listing)
                }
            } catch {
                throw error.whenReading
            }
            fates.append(fate)
            switch earlier {
            case .unsent: return fates
            case .taken: return fates + [.takenOver]
            case nil: continue
            }
        }
        return fates
    }

    /// What became of an attempt, and what its marker says of those before it.
    private func fate(_ marker: SpentName, _ listing: SharedListing) throws(SharedFolderFailure)
        -> (SpendDecision.Fate, MarkerSlip.Earlier?)
    {
        guard let bytes = try key.read(.spent(marker)) else {
            // One that is lost, though a later one is there, counts as one that can't be read.
            if !listing.spent.contains(marker), marker.attempt < listing.attempts(marker.hash) { return (.ended, nil) }
            // It is there, or its name could not be taken; it will show.
            throw .outOfDate(key.folder.path + "/" + key.path(.spent(marker)))
        }
        // Nobody can tell whose that was: in doubt a token counts as sent.
        guard let slip = MarkerSlip(bytes) else { return (.ended, nil) }
        return (try fate(marker, slip), slip.earlier)
    }

    private func fate(_ marker: SpentName, _ slip: MarkerSlip) throws(SharedFolderFailure) -> SpendDecision.Fate {
        if state.with({ $0.share?.name == slip.right }) { return .ended }
        guard let end = try key.end(slip.right) else { return .open }
        if end.unsent.contains(marker.text) { return .unsent }
        return end.kind == .taken ? .takenOver : .ended
    }

    /// Makes the marker; nil where somebody else has.
    ///
    /// From then on the token counts as sent, unless it is kept.
    private func attempt(_ refreshToken: Secret, _ marker: SpentName, _ slip: MarkerSlip?)
        async throws(TokenStoreError) -> Double?
    {
        guard let share = liveShare, let slip, slip.right == share.name else { throw startOver() }
        let goal = share.name.generation
        do throws(SharedFolderFailure) {
            guard try key.writeOnce(.spent(marker), slip.bytes, for: goal) == .made else { return nil }
        } catch {
            state.with { $0.doubtful.append(marker) }
            throw startOver(after: error, error.whenWriting)
        }
        state.with { $0.spent.append((refreshToken, marker, true)) }
        // Between marker and sending nothing may have changed: the record is there, and the right lasts.
        guard await isThere(goal - 1), let end = liveShare?.end, key.time.uptime() <= end - key.store.times.request
        else { throw startOver() }
        state.with { $0.spent[$0.spent.count - 1].isKept = false }
        return end - key.store.times.request
    }

    private func isThere(_ number: UInt64) async -> Bool {
        do throws(SharedFolderFailure) {
            return try await key.patiently { () throws(SharedFolderFailure) in
                guard try key.isThere(number) else { throw .outOfDate(key.folder.path + "/" + key.subfolder) }
                return true
            }
        } catch {
            return false
        }
    }

    /// Looks whether the right that made a marker is lost; gives who has it.
    private func waitFor(_ marker: SpentName) async throws(TokenStoreError) -> RightHolder? {
        do throws(SharedFolderFailure) {
            guard let right = try key.read(.spent(marker)).flatMap({ MarkerSlip($0) })?.right else { return nil }
            let lease = try key.lease(right)
            if try key.isLost(right, lease, of: "marker") {
                _ = try key.writeOnce(.end(right), EndSlip(kind: .taken).bytes, for: right.generation)
            }
            return lease?.holder
        } catch {
            if error.isPassing || error.isFull { return nil }
            throw error.whenReading
        }
    }
}
