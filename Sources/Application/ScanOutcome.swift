package import Domain

/// What a scan gave.
package struct ScanOutcome: Sendable {
    /// What is to be thought of it.
    package enum Standing: Sendable, Hashable {
        /// Its map takes the place of the one before.
        case good
        /// Nothing at all could be read: the map holds at most what was there before.
        case nothingRead
        /// Accounts were read, and no role was found, or conditional ones only, where some had been: the map before is
        /// the better one.
        case everythingLost
        /// No account could be read but those by which an organization is listed: the map is as good as that can be.
        case noMemberRead
        /// Accounts were read, no role was found, and none had been known: the map holds none.
        case nothingFound
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
        } else if ledger.hasLostEverything {
            standing = .everythingLost
        } else if ledger.readAccounts.isSubset(of: management), !ledger.failed.keys.allSatisfy(management.contains) {
            standing = .noMemberRead
        } else {
            standing = map.isEmpty ? .nothingFound : .good
        }
        // Where accounts failed, it may be theirs that are missing.
        let isEmpty = ledger.hasFoundNothing && ledger.failed.isEmpty && ledger.failedOrganizations == 0
        let isToBeTold = isEmpty || standing == .everythingLost || standing == .nothingFound
        problems = ledger.sentences + (isToBeTold ? [Self.emptiness(ledger, provider)] : [])
    }

    /// So many of the providers that were seen are named.
    private static let namedProviders = 5

    private static func emptiness(_ ledger: ScanLedger, _ provider: FederatedProvider) -> String {
        guard !ledger.hasFoundConditional else {
            return "every role that takes tokens of \(provider.name) asks for something "
                + "that can't be judged from outside"
        }
        let seen = ledger.providers.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { PrintableText.line($0.key) }
        let more = seen.count - namedProviders
        let named = seen.prefix(namedProviders).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
        return "no role takes tokens of \(provider.name): check OKTA_ISSUER_URL, in which a slash at the end counts; "
            + (seen.isEmpty ? "the roles that were read name no OpenID Connect provider" : "roles name \(named)")
    }

    /// How many accounts were read.
    package var readAccounts: Int { ledger.readAccounts.count }
    /// How many could not be read.
    package var failedAccounts: Int { ledger.failed.count }
    /// How many organizations could not be listed.
    package var failedOrganizations: Int { ledger.failedOrganizations }

    /// Whether conditional roles were found.
    package var hasFoundConditional: Bool { ledger.hasFoundConditional }

    /// The same findings, with another map before them: somebody wrote it while the scan went on.
    func rebased(on map: RoleMap?) -> ScanOutcome {
        var ledger = ledger
        ledger.rebase(on: map)
        return ScanOutcome(ledger, provider: provider, management: management)
    }
}
