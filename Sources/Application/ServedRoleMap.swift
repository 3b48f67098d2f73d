package import Domain
import Locking
package import Ports

/// The role map that is served at present, and what became of the last attempt to get a newer one.
///
/// A good map is never replaced by nothing: where it vanishes, turns empty, has conditional roles only where there were
/// others, or can't be read, the last good one stays, and that is said.
package final class ServedRoleMap: Sendable {
    /// What is known of the map, for those who watch the service.
    package struct Condition: Sendable {
        /// The map that is served; nil where there never was one.
        package let snapshot: RoleMapSnapshot?
        /// What is wrong with its source, since when; nil where all is well.
        package let trouble: Trouble?
        /// When the source last gave a good map, on the clock that never jumps.
        package let confirmedAt: Double?
        /// How this process's last scan went; nil where it has made none.
        package let scan: LastScan?
    }

    /// How a scan went.
    package struct LastScan: Sendable, Hashable {
        /// How many accounts were read.
        package let readAccounts: Int
        /// How many could not be read.
        package let failedAccounts: Int
        /// How many organizations could not be listed.
        package let failedOrganizations: Int
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
        var scan: LastScan?
    }

    private let state = Guarded(State())
    private let time: any TimeSource
    private let log: any Log
    private let name: String
    private let issuer: Issuer?

    /// Nothing to serve yet.
    ///
    /// - Parameters:
    ///   - place: where the map lies, for the log; nil where it is this process that makes it.
    ///   - issuer: whose tokens are taken: another issuer's map is not served.
    package init(place: String? = nil, issuer: Issuer? = nil, time: any TimeSource, log: any Log) {
        self.issuer = issuer
        name = place.map { "the role map in \($0)" } ?? "the role map"
        self.time = time
        self.log = log
    }

    /// The map to answer from; nil where there is none yet.
    package var snapshot: RoleMapSnapshot? { state.with { $0.snapshot } }

    /// How it stands.
    package var condition: Condition {
        state.with {
            Condition(snapshot: $0.snapshot, trouble: $0.trouble, confirmedAt: $0.confirmedAt, scan: $0.scan)
        }
    }

    /// Takes news from the map's source.
    package func take(_ news: Result<RoleMap?, RoleMapStoreError>) {
        switch news {
        case .failure(let error): refuse("\(error)")
        case .success(nil): refuse("\(name) is gone, or was never written.")
        case .success(let map?):
            // Where the map does not say how old it is, it is as old as our knowledge of it.
            offer(map, age: map.scannedAt.map { Double(max(0, time.now().since($0))) } ?? 0)
        }
    }

    /// Takes news from this process's own scans.
    package func take(_ event: RepeatScans.Event) {
        switch event {
        case .remembered(let map, let age): offer(map, age: age)
        case .interim(let map):
            // It says nothing of how this scan will end.
            if lack(of: map) == nil { serve(map) }
        case .ended(let outcome, _):
            state.with { $0.scan = LastScan(outcome) }
            switch outcome.standing {
            case .good: offer(outcome.map, age: 0)
            case .nothingRead:
                // What is old is marked as that, and goes on; it is no younger for it.
                if lack(of: outcome.map) == nil { serve(outcome.map) }
                refuse("no account could be read.")
            case .noMemberRead:
                if lack(of: outcome.map) == nil { serve(outcome.map) }
                refuse("no account could be read but those by which the organizations are listed.")
            case .everythingLost where outcome.hasFoundConditional:
                refuse("only conditional roles were found where others were known before.")
            case .everythingLost: refuse("no role was found where some were known before: check OKTA_ISSUER_URL.")
            case .nothingFound: refuse("no role was found: check OKTA_ISSUER_URL.")
            }
        case .memory: break
        }
    }

    /// What keeps a map from being served in place of the one that is; nil where nothing does.
    private func lack(of map: RoleMap) -> String? {
        if let issuer, let other = map.foreignIssuer(to: issuer) {
            return "\(name) was made for the issuer \(other.text), not \(issuer.text)."
        }
        if map.isEmpty { return "\(name) is empty." }
        guard map.entries.isEmpty, let known = snapshot?.map, !known.entries.isEmpty else { return nil }
        return "\(name) has conditional roles only, where it had others before."
    }

    /// Serves a map that its source gave so many seconds ago, unless it has less than it must.
    private func offer(_ map: RoleMap, age: Double) {
        if let lack = lack(of: map) { return refuse(lack) }
        let confirmedAt = time.uptime() - age
        state.with { $0.confirmedAt = confirmedAt }
        let isNew = serve(map)
        let recovered = state.with { state in
            defer { state.trouble = nil }
            return state.trouble
        }
        if !isNew, let recovered { log.write(.info, "the role map is well again", ["was": recovered.reason]) }
    }

    /// Answers from this map from now on; false where it is the one that is served already.
    @discardableResult
    private func serve(_ map: RoleMap) -> Bool {
        let known = snapshot
        guard known?.map != map else { return false }
        // Made outside the lock: a large map takes a while to be indexed, and requests go on meanwhile.
        let snapshot = RoleMapSnapshot(map, version: (known?.version ?? 0) + 1)
        state.with { $0.snapshot = snapshot }
        log.write(
            .info, "a new role map is served",
            [
                "roles": "\(map.roleCount)", "pairs": "\(map.entries.count)",
                "conditional": "\(map.conditional.count)", "accounts": "\(snapshot.accountCount)",
                "stale_accounts": "\(map.stale.count)",
            ])
        return true
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
                [
                    "reason": reason, "roles": "\(snapshot.map.roleCount)", "pairs": "\(snapshot.map.entries.count)",
                ])
        } else {
            log.write(.error, "there is no role map to serve yet", ["reason": reason])
        }
    }
}

extension ServedRoleMap.LastScan {
    fileprivate init(_ outcome: ScanOutcome) {
        self.init(
            readAccounts: outcome.readAccounts, failedAccounts: outcome.failedAccounts,
            failedOrganizations: outcome.failedOrganizations)
    }
}
