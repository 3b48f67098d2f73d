import Application
import Domain
import Ports

/// The role map that this process makes itself, scan by scan, put where it is served from.
struct ScannedRoleMap: Sendable {
    let scans: RepeatScans
    let roles: ServedRoleMap
    let log: any Log
    private let news = ProblemNews()
    private let troubles = ProblemNews()

    init(scans: RepeatScans, roles: ServedRoleMap, log: any Log) {
        self.scans = scans
        self.roles = roles
        self.log = log
    }

    /// Scans until the task is cancelled.
    func follow() async {
        await scans { event in
            roles.take(event)
            switch event {
            case .remembered, .interim: break
            case .ended(let outcome, let seconds): tell(outcome, seconds)
            case .memory(let error):
                log.write(.error, "what the scans found is not kept", ["reason": "\(error)"])
            }
        }
    }

    private func tell(_ outcome: ScanOutcome, _ seconds: Double) {
        for problem in news.news(of: outcome.problems) {
            log.write(.warning, "a scan met with trouble", ["reason": problem])
        }
        let (level, event): (LogLevel, String) =
            switch outcome.standing {
            case .good: (.info, "a scan has ended")
            case .noMemberRead: (.error, "a scan read no member account")
            case .nothingRead: (.error, "a scan read nothing")
            case .everythingLost where outcome.hasFoundConditional:
                (.error, "a scan found only conditional roles where there had been others")
            case .everythingLost: (.error, "a scan found no role where there had been some")
            case .nothingFound: (.error, "a scan found no role")
            }
        // One bad end after another of the same kind is said once.
        let isNews = !troubles.news(of: level == .error ? [event] : []).isEmpty
        log.write(
            level == .error && !isNews ? .debug : level, event,
            [
                "accounts": "\(outcome.readAccounts)", "failed_accounts": "\(outcome.failedAccounts)",
                "failed_organizations": "\(outcome.failedOrganizations)", "seconds": "\(Int(seconds.rounded()))",
            ])
    }
}
