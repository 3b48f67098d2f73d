package import Domain
import Locking
package import Ports

/// The role map that is served at present, and what became of the last attempt to get a newer one.
///
/// A good map is never replaced by nothing: where it vanishes, turns empty or can't be read, the last good one stays,
/// and that is said.
package final class ServedRoleMap: Sendable {
    /// What is known of the map, for those who watch the service.
    package struct Condition: Sendable {
        /// The map that is served; nil where there never was one.
        package let snapshot: RoleMapSnapshot?
        /// What is wrong with its source, since when; nil where all is well.
        package let trouble: Trouble?
        /// When the source last gave a good map, on the clock that never jumps.
        package let confirmedAt: Double?
    }

    /// Why the map is not newer.
    package struct Trouble: Sendable, Hashable {
        /// What is wrong.
        package let reason: String
        /// Since when.
        package let since: Timestamp
    }

    private struct State: Sendable {
        var snapshot: RoleMapSnapshot?
        var trouble: Trouble?
        var confirmedAt: Double?
        var version = 0
    }

    private let state = Guarded(State())
    private let time: any TimeSource
    private let log: any Log

    /// Nothing to serve yet.
    package init(time: any TimeSource, log: any Log) {
        self.time = time
        self.log = log
    }

    /// The map to answer from; nil where there is none yet.
    package var snapshot: RoleMapSnapshot? { state.with { $0.snapshot } }

    /// How it stands.
    package var condition: Condition {
        state.with { Condition(snapshot: $0.snapshot, trouble: $0.trouble, confirmedAt: $0.confirmedAt) }
    }

    /// Takes news from the map's source.
    package func take(_ news: Result<RoleMap?, RoleMapStoreError>) {
        switch news {
        case .failure(let error): refuse("\(error)")
        case .success(nil): refuse("the role map is gone, or was never written.")
        case .success(let map?):
            if map.entries.isEmpty, map.conditional.isEmpty {
                refuse("the role map is empty.")
            } else {
                accept(map)
            }
        }
    }

    private func accept(_ map: RoleMap) {
        let uptime = time.uptime()
        let known = state.with { state in
            state.confirmedAt = uptime
            return state.snapshot
        }
        let isNew = known?.map != map
        // Made outside the lock: a large map takes a while to be indexed, and requests go on meanwhile.
        let snapshot = isNew ? RoleMapSnapshot(map, version: (known?.version ?? 0) + 1) : known
        let recovered = state.with { state in
            state.snapshot = snapshot
            defer { state.trouble = nil }
            return state.trouble
        }
        if isNew {
            log.write(
                .info, "a new role map is served",
                [
                    "roles": "\(map.entries.count)", "conditional": "\(map.conditional.count)",
                    "accounts": "\(snapshot?.accountCount ?? 0)", "stale_accounts": "\(map.stale.count)",
                ])
        } else if let recovered {
            log.write(.info, "the role map is well again", ["was": recovered.reason])
        }
    }

    private func refuse(_ reason: String) {
        let now = time.now()
        let (isNews, snapshot) = state.with { state in
            let isNews = state.trouble?.reason != reason
            if isNews { state.trouble = Trouble(reason: reason, since: state.trouble?.since ?? now) }
            return (isNews, state.snapshot)
        }
        guard isNews else { return }
        if let snapshot {
            log.write(
                .error, "the last good role map stays in use",
                ["reason": reason, "roles": "\(snapshot.map.entries.count)"])
        } else {
            log.write(.error, "there is no role map to serve yet", ["reason": reason])
        }
    }
}
