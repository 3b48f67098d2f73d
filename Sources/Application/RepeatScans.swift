package import Domain
package import Ports

/// Scans again and again, for a service that answers meanwhile with what is known.
///
/// What was found survives a restart where there is a store for it; what the store holds is served before the first
/// scan has ended.
package struct RepeatScans: Sendable {
    private let scan: ScanOrganizations
    private let state: (any RoleMapStore)?
    private let interval: Double
    private let time: any TimeSource

    /// What happens while scans go on.
    package enum Event: Sendable {
        /// This map is to be served from now on.
        case map(RoleMap)
        /// A scan has ended.
        case ended(ScanOutcome, seconds: Double)
        /// The store of what is known can't be read or written.
        case state(RoleMapStoreError)
    }

    /// Scans with so many seconds between the starts of two.
    package init(_ scan: ScanOrganizations, state: (any RoleMapStore)?, interval: Double, time: any TimeSource) {
        self.scan = scan
        self.state = state
        self.interval = interval
        self.time = time
    }

    /// Goes on until the task is cancelled.
    package func callAsFunction(_ tell: @escaping @Sendable (Event) async -> Void) async {
        var present = await remembered(tell)
        if let present { await tell(.map(present)) }
        while !Task.isCancelled {
            let started = time.uptime()
            let (parts, part) = AsyncStream.makeStream(of: RoleMap.self, bufferingPolicy: .bufferingNewest(1))
            let outcome: ScanOutcome
            do {
                // What is ready is served, in its order, while the rest is read.
                async let served: Void = {
                    for await map in parts { await tell(.map(map)) }
                }()
                outcome = await scan(previous: present) { part.yield($0) }
                part.finish()
                await served
            }
            guard !Task.isCancelled else { return }
            if !outcome.hasReadNothing || present != nil {
                present = outcome.map
                await tell(.map(outcome.map))
                await remember(outcome.map, tell)
            }
            await tell(.ended(outcome, seconds: time.uptime() - started))
            await time.sleep(seconds: max(1, interval - (time.uptime() - started)))
        }
    }

    private func remembered(_ tell: @Sendable (Event) async -> Void) async -> RoleMap? {
        do {
            return try await state?.load()
        } catch {
            await tell(.state(error))
            return nil
        }
    }

    private func remember(_ map: RoleMap, _ tell: @Sendable (Event) async -> Void) async {
        do {
            try await state?.save(map)
        } catch {
            await tell(.state(error))
        }
    }
}
