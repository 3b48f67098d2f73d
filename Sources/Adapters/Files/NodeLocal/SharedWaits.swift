import Locking
package import Ports

/// What the shared store tells of those whom it waits for, for those who wait on this host for the one that does.
///
/// Without it they would take a sign-in on another host for a refresh here that hangs.
package final class SharedWaits: Notices {
    private let notices: any Notices
    private let heeding = Guarded<(heed: (@Sendable (ProductionPurpose) -> Void)?, hasHeard: Bool)>((nil, false))

    /// The notices of the shared store, which go on to the person.
    package init(_ notices: any Notices) { self.notices = notices }

    package func tell(_ line: String) { notices.tell(line) }
    package func warn(_ line: String) { notices.warn(line) }
    package func waits(for purpose: ProductionPurpose) {
        let heed = heeding.with { heeding in
            heeding.hasHeard = true
            return heeding.heed
        }
        heed?(purpose)
    }

    /// From now on this is done with it.
    func begin(_ heed: @escaping @Sendable (ProductionPurpose) -> Void) { heeding.with { $0 = (heed, false) } }

    /// Nothing is done any more; tells whether anything was.
    @discardableResult
    func end() -> Bool {
        heeding.with { heeding in
            defer { heeding = (nil, false) }
            return heeding.heed != nil && heeding.hasHeard
        }
    }
}
