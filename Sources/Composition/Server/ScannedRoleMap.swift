import Application
import Domain
import Ports

/// The role map that this process makes itself, scan by scan, told to whoever serves it.
struct ScannedRoleMap: RoleMapFeed {
    let scans: RepeatScans
    let log: any Log

    func follow(_ take: @Sendable (Result<RoleMap?, RoleMapStoreError>) async -> Void) async {
        // What takes the maps must not escape, and the scans want to keep whom they tell.
        let (events, event) = AsyncStream.makeStream(of: RepeatScans.Event.self)
        let scans = scans
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await scans { event.yield($0) }
                event.finish()
            }
            for await event in events {
                switch event {
                case .map(let map): await take(.success(map))
                case .ended(let outcome, let seconds): tell(outcome, seconds)
                case .state(let error):
                    log.write(.error, "what the scans found is not kept", ["reason": "\(error)"])
                }
            }
        }
    }

    private func tell(_ outcome: ScanOutcome, _ seconds: Double) {
        for problem in outcome.problems { log.write(.warning, "a scan met with trouble", ["reason": problem]) }
        log.write(
            outcome.hasReadNothing ? .error : .info,
            outcome.hasReadNothing ? "a scan read nothing" : "a scan has ended",
            [
                "accounts": "\(outcome.readAccounts)", "failed_accounts": "\(outcome.failedAccounts)",
                "failed_organizations": "\(outcome.failedOrganizations)", "seconds": "\(Int(seconds.rounded()))",
            ])
    }
}
