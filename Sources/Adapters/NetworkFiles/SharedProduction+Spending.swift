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

    /// What to do after these attempts, the first one first.
    ///
    /// A token that may have been sent is sent once more, and no more, where its sender was lost.
    static func decide(_ fates: [Fate]) -> SpendDecision {
        if let open = fates.firstIndex(of: .open) { return .wait(UInt64(open) + 1) }
        let doubtful = fates.filter { $0 != .unsent }
        if doubtful.isEmpty || doubtful == [.takenOver] { return .attempt(UInt64(fates.count) + 1) }
        return .spent
    }
}

extension SharedProduction {
    /// Another process has the right, or has published: this production is over, and is begun anew by `produce`.
    func startOver() -> TokenStoreError {
        state.with { $0.mustStartOver = true }
        return .notReadable(path: key.folder.path, reason: "another process has taken over")
    }

    func spend(_ refreshToken: Secret) async throws(TokenStoreError) -> Spending {
        try reserve()
        if let sentBy = again(refreshToken) { return .allowed(sentBy: sentBy) }
        var attempts: UInt64 = 0
        var patience = key.store.patience(until: nil)
        while true {
            let (hash, seen) = try await marked(refreshToken)
            attempts = max(attempts, seen)
            let fates = try await self.fates(hash, attempts)
            switch SpendDecision.decide(fates) {
            case .spent:
                return .spent
            case .attempt(let number):
                if let sentBy = try await attempt(refreshToken, SpentName(hash: hash, attempt: number)) {
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

    /// The hash of the token of the newest record, which this must be, and how often it was about to be sent.
    private func marked(_ refreshToken: Secret) async throws(TokenStoreError) -> (hash: String, attempts: UInt64) {
        let look: SharedLook
        do { look = try await key.lookPatiently() } catch { throw error.whenReading }
        guard liveShare != nil, look.highest + 1 == state.with({ $0.goal }), look.foreign == nil,
            let newest = look.newest, newest.tokens?.refreshToken == refreshToken
        else { throw startOver() }
        let hash = key.hash(refreshToken, exchanges: newest.exchanges)
        return (hash, look.listing.attempts(hash))
    }

    private func fates(_ hash: String, _ attempts: UInt64) async throws(TokenStoreError) -> [SpendDecision.Fate] {
        var fates: [SpendDecision.Fate] = []
        guard attempts > 0 else { return [] }
        for attempt in 1...attempts {
            let marker = SpentName(hash: hash, attempt: attempt)
            do throws(SharedFolderFailure) {
                fates.append(try await key.patiently { () throws(SharedFolderFailure) in try fate(marker) })
            } catch {
                throw error.whenReading
            }
        }
        return fates
    }

    private func fate(_ marker: SpentName) throws(SharedFolderFailure) -> SpendDecision.Fate {
        guard let slip = try key.read(.spent(marker)).flatMap({ MarkerSlip($0) }) else {
            // It is there, or its name could not be taken; it will show.
            throw .outOfDate(key.folder.path + "/" + key.path(.spent(marker)))
        }
        if state.with({ $0.share?.name == slip.right }) { return .ended }
        guard let end = try key.end(slip.right) else { return .open }
        if end.unsent.contains(marker.text) { return .unsent }
        return end.kind == .taken ? .takenOver : .ended
    }

    /// Makes the marker; nil where somebody else has.
    ///
    /// From then on the token counts as sent, unless it is kept.
    private func attempt(_ refreshToken: Secret, _ marker: SpentName) async throws(TokenStoreError) -> Double? {
        guard let share = liveShare else { throw startOver() }
        let slip = MarkerSlip(right: share.name)
        let goal = share.name.generation
        do throws(SharedFolderFailure) {
            guard try key.writeOnce(.spent(marker), slip.bytes, for: goal) == .made else { return nil }
        } catch {
            throw error.whenWriting
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
            if error.isPassing { return nil }
            throw error.whenReading
        }
    }
}
