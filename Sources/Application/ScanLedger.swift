import Domain
import Ports

/// What a scan has found so far, and what it keeps of the map before it.
struct ScanLedger: Sendable {
    private var entries: [RoleMap.Entry] = []
    private var conditional: [RoleMap.Conditional] = []
    private var problems: [(account: String, sentence: String)] = []
    /// The providers that the roles that were read name, and how many roles do.
    private(set) var providers: [String: Int] = [:]
    private(set) var readAccounts: Set<String> = []
    private(set) var failed: [String: String] = [:]
    private var listed: Set<String> = []
    private let skipped: Set<String>
    private let issuer: Issuer
    private var organizationFailure: String?
    private(set) var failedOrganizations = 0

    private var previous: Previous
    private let now: Timestamp

    /// The map before this one, by its accounts.
    private struct Previous {
        let entries: [String: [RoleMap.Entry]]
        let conditional: [String: [RoleMap.Conditional]]
        let stale: [String: RoleMap.Stale]
        let at: Timestamp?

        init(_ map: RoleMap?, at: Timestamp?) {
            entries = Dictionary(grouping: map?.entries ?? []) { $0.account.id }
            conditional = Dictionary(grouping: map?.conditional ?? []) { $0.entry.account.id }
            stale = Dictionary((map?.stale ?? []).map { ($0.accountID, $0) }) { first, _ in first }
            self.at = at ?? map?.scannedAt
        }

        /// The accounts that had roles.
        var accounts: Set<String> { Set(entries.keys).union(conditional.keys) }
    }

    /// A ledger of that issuer's roles, beside the map as it was, and when that was made, where anybody knows.
    init(issuer: Issuer, previous map: RoleMap?, at: Timestamp?, skipped: Set<String>, now: Timestamp) {
        self.issuer = issuer
        self.skipped = skipped
        self.now = now
        previous = Previous(nil, at: nil)
        put(before: map, at: at)
    }

    /// Has another map be the one before: somebody wrote it meanwhile.
    mutating func rebase(on map: RoleMap?) {
        put(before: map, at: nil)
    }

    /// What another issuer's tokens can take says nothing of ours.
    private mutating func put(before map: RoleMap?, at: Timestamp?) {
        guard let other = map?.foreignIssuer(to: issuer) else {
            previous = Previous(map, at: at)
            return
        }
        previous = Previous(nil, at: nil)
        let sentence = "the role map was made for the issuer \(other.text), not \(issuer.text): nothing of it is kept"
        if !problems.contains(where: { $0.sentence == sentence }) { problems.append(("", sentence)) }
    }

    /// An organization can't be listed: what is known of accounts that no other one lists stays.
    mutating func organizationFailed(_ role: RoleARN, _ problem: AccountProblem) {
        failedOrganizations += 1
        let sentence = "the organization of \(role.text) can't be listed: \(problem.reason)"
        organizationFailure = sentence
        problems.append(("", sentence))
    }

    /// An organization lists an account: whether it is the first that does, and the account is to be read.
    mutating func lists(_ account: Account) -> Bool {
        !skipped.contains(account.id) && listed.insert(account.id).inserted
    }

    mutating func take(_ account: Account, _ result: Result<AccountFindings, AccountProblem>) {
        switch result {
        case .success(let findings):
            readAccounts.insert(account.id)
            entries += findings.entries
            conditional += findings.conditional
            providers.merge(findings.providers) { $0 + $1 }
            problems += findings.problems.map { (account.id, "account \(account.id): \($0)") }
        case .failure(let problem):
            failed[account.id] = problem.reason
            let name = account.name.isEmpty ? "" : " (\(account.name))"
            problems.append((account.id, "account \(account.id)\(name) can't be read: \(problem.reason)"))
        }
    }

    /// The map as far as it is known, once all organizations were listed: of accounts that were not read yet, what was
    /// known before.
    var map: RoleMap {
        var (entries, conditional) = (entries, conditional)
        var stale: [RoleMap.Stale] = []
        let known = previous.accounts.union(previous.stale.keys)
        for id in known.union(listed) where !readAccounts.contains(id) && !skipped.contains(id) {
            let reason: String
            if let failure = failed[id] {
                reason = failure
            } else if listed.contains(id) {
                // Its turn has not come yet; where nothing is known of it, nobody is to take its roles for gone.
                reason = known.contains(id) ? "" : "it has not been read yet"
            } else if let organizationFailure {
                reason = organizationFailure
            } else {
                // Every organization was listed, and none has it any more.
                continue
            }
            entries += previous.entries[id] ?? []
            conditional += previous.conditional[id] ?? []
            if !reason.isEmpty {
                stale.append(RoleMap.Stale(accountID: id, reason: reason, lastRead: lastRead(id)))
            } else if let account = previous.stale[id] {
                stale.append(account)
            }
        }
        // What nothing was added to is as old as it was.
        return RoleMap(
            entries: entries, conditional: conditional, stale: stale,
            scannedAt: readAccounts.isEmpty ? previous.at : now, issuer: issuer)
    }

    /// Whether no role was found, in the accounts that were read.
    var hasFoundNothing: Bool { entries.isEmpty && conditional.isEmpty && !readAccounts.isEmpty }

    /// Whether conditional roles were found, in the accounts that were read.
    var hasFoundConditional: Bool { !conditional.isEmpty }

    /// Whether no role was found, or conditional ones only, and accounts would lose those that they had.
    ///
    /// That is what an issuer that is mistyped looks like: every account reads well, and none has a role for it.
    var hasLostEverything: Bool {
        guard entries.isEmpty, !readAccounts.isEmpty else { return false }
        func loses(_ accounts: some Sequence<String>, _ kept: [String]) -> Bool {
            !Set(accounts).subtracting(skipped).isSubset(of: kept)
        }
        let map = map
        return loses(previous.entries.keys, map.entries.map(\.account.id))
            || (conditional.isEmpty && loses(previous.conditional.keys, map.conditional.map(\.entry.account.id)))
    }

    /// When an account was read well.
    ///
    /// Where nobody knows when the map before was made, an account that was good in it counts as good until now.
    private func lastRead(_ id: String) -> Timestamp? {
        if let before = previous.stale[id] { return before.lastRead }
        return previous.accounts.contains(id) ? previous.at ?? now : nil
    }

    /// What whoever runs the service should know, in the order of accounts.
    var sentences: [String] {
        problems.sorted { ($0.account, $0.sentence) < ($1.account, $1.sentence) }.map(\.sentence)
    }
}
