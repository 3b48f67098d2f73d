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
        let outcome = await scan(previous: previous)
        guard isWorthWriting(outcome, previous == nil) else {
            return Ending(outcome: outcome, isKept: false, problem: nil)
        }
        do throws(RoleMapStoreError) {
            try await store.save(outcome.map.undated)
            return Ending(outcome: outcome, isKept: true, problem: nil)
        } catch {
            guard case .changed = error else { return Ending(outcome: outcome, isKept: false, problem: error) }
        }
        return await again(outcome)
    }

    /// Somebody wrote meanwhile: another scan, or this very write, whose answer was lost.
    ///
    /// What was read counts still.
    private func again(_ outcome: ScanOutcome) async -> Ending {
        var outcome = outcome
        do throws(RoleMapStoreError) {
            let theirs = try await store.load()
            outcome = outcome.rebased(on: theirs)
            guard isWorthWriting(outcome, theirs == nil) else {
                return Ending(outcome: outcome, isKept: false, problem: nil)
            }
            try await store.save(outcome.map.undated)
            return Ending(outcome: outcome, isKept: true, problem: nil)
        } catch {
            return Ending(outcome: outcome, isKept: false, problem: error)
        }
    }

    private func isWorthWriting(_ outcome: ScanOutcome, _ isFirst: Bool) -> Bool {
        switch outcome.standing {
        case .good: true
        case .nothingRead: !isFirst
        case .everythingLost: false
        }
    }
}
