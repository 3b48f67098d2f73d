import Domain
import Ports

/// What a scan has found so far, and what it keeps of the map before it.
struct ScanLedger {
    private var entries: [RoleMap.Entry] = []
    private var conditional: [RoleMap.Conditional] = []
    private var stale: [RoleMap.Stale] = []
    private var problems: [(account: String, sentence: String)] = []
    private var readAccounts: Set<String> = []
    private var failed: [String: String] = [:]
    private var listed: Set<String> = []
    private var skipped: Set<String> = []
    private var organizationFailure: String?
    private var failedOrganizations = 0

    private let previousEntries: [String: [RoleMap.Entry]]
    private let previousConditional: [String: [RoleMap.Conditional]]
    private let previousStale: [String: RoleMap.Stale]
    private let now: Timestamp

    init(previous: RoleMap?, now: Timestamp) {
        previousEntries = Dictionary(grouping: previous?.entries ?? []) { $0.account.id }
        previousConditional = Dictionary(grouping: previous?.conditional ?? []) { $0.entry.account.id }
        previousStale = Dictionary((previous?.stale ?? []).map { ($0.accountID, $0) }) { first, _ in first }
        self.now = now
    }

    /// An organization can't be listed: what is known of accounts that no other one lists stays.
    mutating func organizationFailed(_ role: RoleARN, _ problem: AccountProblem) {
        failedOrganizations += 1
        let sentence = "the organization of \(role.text) can't be listed: \(problem.reason)"
        organizationFailure = sentence
        problems.append(("", sentence))
    }

    /// All that the organizations list, and what is left out on purpose.
    mutating func knows(accounts: Set<String>, skipped: Set<String>) {
        listed = accounts
        self.skipped = skipped
    }

    mutating func take(_ account: Account, _ result: Result<AccountFindings, AccountProblem>) {
        switch result {
        case .success(let findings):
            readAccounts.insert(account.id)
            entries += findings.entries
            conditional += findings.conditional
            problems += findings.problems.map { (account.id, "account \(account.id): \($0)") }
        case .failure(let problem):
            failed[account.id] = problem.reason
            let name = account.name.isEmpty ? "" : " (\(account.name))"
            problems.append((account.id, "account \(account.id)\(name) can't be read: \(problem.reason)"))
        }
    }

    /// The map as far as it is known: of accounts that were not read yet, what was known before.
    var map: RoleMap {
        var (entries, conditional, stale) = (entries, conditional, stale)
        let known = Set(previousEntries.keys).union(previousConditional.keys).union(previousStale.keys)
        for id in known.union(failed.keys) where !readAccounts.contains(id) && !skipped.contains(id) {
            let reason: String
            if let failure = failed[id] {
                reason = failure
            } else if listed.contains(id) {
                // Its turn has not come yet.
                entries += previousEntries[id] ?? []
                conditional += previousConditional[id] ?? []
                if let account = previousStale[id] { stale.append(account) }
                continue
            } else if let organizationFailure {
                reason = organizationFailure
            } else {
                // Every organization was listed, and none has it any more.
                continue
            }
            entries += previousEntries[id] ?? []
            conditional += previousConditional[id] ?? []
            stale.append(RoleMap.Stale(accountID: id, reason: reason, lastRead: lastRead(id)))
        }
        return RoleMap(entries: entries, conditional: conditional, stale: stale)
    }

    /// When an account was read well.
    ///
    /// A map does not say when it was made, so that the same roles give the same bytes: an account that was good in it
    /// counts as good until now.
    private func lastRead(_ id: String) -> Timestamp? {
        if let before = previousStale[id] { return before.lastRead }
        return previousEntries[id] == nil && previousConditional[id] == nil ? nil : now
    }

    func finish() -> ScanOutcome {
        ScanOutcome(
            map: map,
            problems: problems.sorted { ($0.account, $0.sentence) < ($1.account, $1.sentence) }.map(\.sentence),
            readAccounts: readAccounts.count, failedAccounts: failed.count, failedOrganizations: failedOrganizations)
    }
}
