import Domain
package import Ports

/// Scans once, and puts the map where it lives.
package struct UpdateRoleMap: Sendable {
    /// How it ended.
    package struct Ending: Sendable {
        /// What the scan gave.
        package let outcome: ScanOutcome
        /// Whether the map was written, or was there already.
        package let isKept: Bool
        /// Whether roles were known before.
        package let hasKnown: Bool
        /// Why it could not be written, where it should have been.
        package let problem: RoleMapStoreError?
    }

    private let scan: ScanOrganizations
    private let store: any RoleMapStore

    /// An update of the map in that store.
    package init(_ scan: ScanOrganizations, store: any RoleMapStore) {
        self.scan = scan
        self.store = store
    }

    /// Scans and writes.
    ///
    /// - Throws: where the present map can't be read: it could not be kept, and so nothing is scanned.
    package func callAsFunction() async throws(RoleMapStoreError) -> Ending {
        let previous = try await store.load()
        let hasKnown = isKnown(previous)
        let outcome = await scan(previous: previous)
        guard isWorthWriting(outcome, hasKnown) else {
            return Ending(outcome: outcome, isKept: false, hasKnown: hasKnown, problem: nil)
        }
        do throws(RoleMapStoreError) {
            try await store.save(outcome.map.undated)
            return Ending(outcome: outcome, isKept: true, hasKnown: hasKnown, problem: nil)
        } catch {
            guard case .changed = error else {
                return Ending(outcome: outcome, isKept: false, hasKnown: hasKnown, problem: error)
            }
        }
        return await again(outcome)
    }

    /// Somebody wrote meanwhile: another scan, or this very write, whose answer was lost.
    ///
    /// What was read counts still.
    private func again(_ outcome: ScanOutcome) async -> Ending {
        var outcome = outcome
        var hasKnown = false
        do throws(RoleMapStoreError) {
            let theirs = try await store.load()
            hasKnown = isKnown(theirs)
            outcome = outcome.rebased(on: theirs)
            guard isWorthWriting(outcome, hasKnown) else {
                return Ending(outcome: outcome, isKept: false, hasKnown: hasKnown, problem: nil)
            }
            try await store.save(outcome.map.undated)
            return Ending(outcome: outcome, isKept: true, hasKnown: hasKnown, problem: nil)
        } catch {
            return Ending(outcome: outcome, isKept: false, hasKnown: hasKnown, problem: error)
        }
    }

    /// Whether there are roles in a map that are the scan's issuer's.
    private func isKnown(_ map: RoleMap?) -> Bool {
        map.map { !$0.isEmpty && $0.foreignIssuer(to: scan.settings.issuer) == nil } ?? false
    }

    private func isWorthWriting(_ outcome: ScanOutcome, _ hasKnown: Bool) -> Bool {
        switch outcome.standing {
        case .good: true
        case .noMemberRead: hasKnown || !outcome.map.isEmpty
        case .nothingRead: hasKnown
        case .everythingLost, .nothingFound: false
        }
    }
}
