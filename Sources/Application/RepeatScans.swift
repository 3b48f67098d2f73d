package import Domain
package import Ports

/// Scans again and again, for a service that answers meanwhile with what is known.
///
/// What was found survives a restart where there is a memory for it; what that holds is served before the first scan has
/// ended.
package struct RepeatScans: Sendable {
    private let scan: ScanOrganizations
    private let memory: (any ScanMemory)?
    private let interval: Double
    private let time: any TimeSource

    /// What happens while scans go on.
    package enum Event: Sendable {
        /// What was found before this process began, and how many seconds ago.
        case remembered(RoleMap, age: Double)
        /// What is known while a scan goes on.
        case interim(RoleMap)
        /// A scan has ended.
        case ended(ScanOutcome, seconds: Double)
        /// What was found can't be recalled or kept.
        case memory(RoleMapStoreError)
    }

    /// Scans with so many seconds between the starts of two.
    package init(_ scan: ScanOrganizations, memory: (any ScanMemory)?, interval: Double, time: any TimeSource) {
        self.scan = scan
        self.memory = memory
        self.interval = interval
        self.time = time
    }

    /// Goes on until the task is cancelled.
    package func callAsFunction(_ tell: @escaping @Sendable (Event) async -> Void) async {
        let remembered = await recall(tell)
        var (present, at) = (remembered?.map, remembered?.at)
        while !Task.isCancelled {
            let (started, moment) = (time.uptime(), time.now())
            let (parts, part) = AsyncStream.makeStream(of: RoleMap.self, bufferingPolicy: .bufferingNewest(1))
            let outcome: ScanOutcome
            do {
                // Where nothing was known, what the first scan gives is all there is for whoever starts anew.
                let isFirst = present == nil
                // What is ready is served, in its order, while the rest is read.
                async let served: Void = {
                    var isToBeKept = isFirst
                    for await map in parts {
                        await tell(.interim(map))
                        if isToBeKept, !map.isEmpty { isToBeKept = await keep(map, tell) }
                    }
                }()
                outcome = await scan(previous: present, at: at) { part.yield($0) }
                part.finish()
                await served
            }
            guard !Task.isCancelled else { return }
            switch outcome.standing {
            case .good, .noMemberRead, .nothingFound: (present, at) = (outcome.map, moment)
            case .nothingRead: if present != nil { present = outcome.map }
            case .everythingLost: break
            }
            await tell(.ended(outcome, seconds: time.uptime() - started))
            // Only that: how old what is kept is, must not be forgotten over scans that fail.
            if outcome.standing == .good { await keep(outcome.map, tell) }
            await time.sleep(seconds: max(1, interval - (time.uptime() - started)))
        }
    }

    private func recall(_ tell: @Sendable (Event) async -> Void) async -> RememberedScan? {
        do {
            guard let found = try await memory?.recall() else { return nil }
            await tell(.remembered(found.map, age: Double(max(0, time.now().since(found.at)))))
            // What was found for another issuer is told, and no more.
            return found.map.foreignIssuer(to: scan.settings.issuer) == nil ? found : nil
        } catch {
            await tell(.memory(error))
            return nil
        }
    }

    /// False where it could not be kept.
    @discardableResult
    private func keep(_ map: RoleMap, _ tell: @Sendable (Event) async -> Void) async -> Bool {
        do {
            try await memory?.keep(map)
            return true
        } catch {
            await tell(.memory(error))
            return false
        }
    }
}
