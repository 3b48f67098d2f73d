package import Domain

/// What a scan gave.
package struct ScanOutcome: Sendable {
    /// What is to be thought of it.
    package enum Standing: Sendable, Hashable {
        /// Its map takes the place of the one before.
        case good
        /// Nothing at all could be read: the map holds at most what was there before.
        case nothingRead
        /// Accounts were read, and no role was found where some had been: the map before is the better one.
        case everythingLost
    }

    /// The map.
    package let map: RoleMap
    /// What is to be thought of it.
    package let standing: Standing
    /// What whoever runs the service should know, a sentence each, in the order of accounts.
    package let problems: [String]

    private let ledger: ScanLedger
    private let provider: FederatedProvider

    private let management: Set<String>

    /// - Parameter management: the accounts whose roles list the organizations.
    init(_ ledger: ScanLedger, provider: FederatedProvider, management: Set<String>) {
        self.ledger = ledger
        self.management = management
        self.provider = provider
        map = ledger.map
        if ledger.readAccounts.isEmpty, !ledger.failed.isEmpty || ledger.failedOrganizations > 0 {
            standing = .nothingRead
        } else {
            standing = ledger.hasLostEverything ? .everythingLost : .good
        }
        // Where accounts failed, it may be theirs that are missing.
        let isEmpty = ledger.hasFoundNothing && ledger.failed.isEmpty && ledger.failedOrganizations == 0
        let emptiness =
            isEmpty || standing == .everythingLost
            ? ["no role takes tokens of \(provider.name): check OKTA_ISSUER_URL, in which a slash at the end counts"]
            : []
        problems = ledger.sentences + emptiness
    }

    /// How many accounts were read.
    package var readAccounts: Int { ledger.readAccounts.count }
    /// How many could not be read.
    package var failedAccounts: Int { ledger.failed.count }
    /// How many organizations could not be listed.
    package var failedOrganizations: Int { ledger.failedOrganizations }

    /// Whether every account could not be read that is not one by which an organization is listed.
    package var hasReadNoMember: Bool {
        ledger.readAccounts.isSubset(of: management) && !ledger.failed.keys.allSatisfy(management.contains)
    }

    /// The same findings, with another map before them: somebody wrote it while the scan went on.
    func rebased(on map: RoleMap?) -> ScanOutcome {
        var ledger = ledger
        ledger.rebase(on: map)
        return ScanOutcome(ledger, provider: provider, management: management)
    }
}
