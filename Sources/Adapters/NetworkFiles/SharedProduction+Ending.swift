import Domain
import Locking
import Ports

extension SharedProduction {
    /// Shows every few seconds that this holder is alive, until the task is cancelled.
    func beat() async {
        while !Task.isCancelled {
            await key.time.sleep(seconds: key.store.times.beat)
            if Task.isCancelled { return }
            beatOnce()
        }
    }

    private func beatOnce() {
        guard let share = liveShare else { return }
        let began = key.time.uptime()
        let bytes = Array("\(share.beats + 1)\n".utf8)
        let path = key.path(.beat(share.name))
        do throws(SharedFolderFailure) {
            do throws(SharedFolderFailure) {
                if share.beats == 0 { throw .absent(path) }
                try key.folder.overwrite(path, with: bytes)
            } catch {
                // The first one, or those before did not go through.
                guard error.isAbsence else { throw error }
                try key.folder.makeFile(path, room: bytes.count).fill(bytes)
            }
        } catch {
            // It did not go through: the right lasts no longer than before. It may be there all the same.
            state.with { if $0.share?.name == share.name { $0.share?.beats += 1 } }
            return
        }
        state.with { state in
            guard state.share?.name == share.name else { return }
            state.share?.beats += 1
            state.share?.end = began + key.store.times.right
        }
    }

    /// Publishes what was produced, unless somebody removed the record or was faster; gives back the right.
    func finish(_ tokens: TokenSet) async -> ProducedTokens {
        defer { discardReserved() }
        guard let draft = draft(.record, tokens) else {
            releaseAll(.released)
            return ProducedTokens(tokens: tokens, unstored: unencoded)
        }
        let goal = state.with { $0.goal }
        do throws(SharedFolderFailure) {
            // The tokens are in hand, and without this they are lost to all others; but for who has something else.
            let isPatient = deadline == nil
            let outcome = try await key.patiently(
                for: isPatient ? key.store.times.right : nil,
                telling: isPatient ? "The server of \(key.folder.path) is awaited, to store the tokens…" : nil
            ) { () throws(SharedFolderFailure) in try publish(draft, as: goal) }
            guard case .made(let record) = outcome else {
                releaseAll(.released)
                return ProducedTokens(tokens: tokens, unstored: nil, isDropped: true)
            }
            key.tellHost()
            key.mirror(record)
            releaseAll(.done)
            discardReserved()
            if let listing = try? SharedListing(key.folder.names(in: key.subfolder)) {
                key.clean(listing, behind: record)
            }
            return ProducedTokens(tokens: tokens, unstored: nil)
        } catch {
            releaseAll(.released)
            return ProducedTokens(tokens: tokens, unstored: error.whenWriting)
        }
    }

    /// Gives everything back after a body that ended without tokens.
    ///
    /// - Parameter isLost: whether it was run for a process that is dead: as if somebody had taken over from it.
    func giveUp(isLost: Bool = false) {
        discardReserved()
        if isLost { return releaseAll(.taken) }
        guard let (record, listing) = repeatNewest() else { return releaseAll(.released) }
        releaseAll(.done)
        // Who is in a hurry leaves that to the next one.
        if deadline == nil, !Task.isCancelled { key.clean(listing, behind: record) }
    }

    private func discardReserved() {
        let reserved = state.with { state in
            defer { state.reserved = nil }
            return state.reserved
        }
        reserved?.discard()
    }
}
