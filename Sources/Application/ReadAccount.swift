import Domain
import Ports

/// Reads one account: which of its roles take tokens of the identity provider, and for which clients.
struct ReadAccount: Sendable {
    let settings: ScanOrganizations.Settings
    let directory: any AccountDirectory

    /// A role with a tag of this name, whatever its value, is left out.
    private static let skipTag = "aws-oidc/skip-role"

    func callAsFunction(_ place: AccountToRead) async throws(AccountProblem) -> AccountFindings {
        let provider = FederatedProvider(settings.issuer)
        let id = place.account.id
        let reader: RoleARN
        do {
            reader = try RoleARN("arn:\(place.partition.rawValue):iam::\(id):role/\(settings.readerRoleName)")
        } catch {
            throw AccountProblem("no role of it can have the name AWS_READER_ROLE_NAME: \(error.reason)")
        }
        let session = try await directory.enter(as: reader)
        let listing = try await session.roles()
        var findings = AccountFindings()
        findings.problems = listing.unreadable.map { "role \($0.name): \($0.reason)" }
        for name in listing.roles.flatMap(\.policy.openIDProviders) { findings.providers[name, default: 0] += 1 }
        let roles = listing.roles.filter {
            $0.policy.mayConcern(provider, partition: place.partition, accountID: id)
        }
        // Most accounts of most organizations have none: then nothing more is asked of them.
        guard !roles.isEmpty else { return findings }

        let providerARN = provider.arn(partition: place.partition, accountID: id)
        let registered =
            provider.isBuiltIn
            ? .unknown(reason: "IAM keeps no list for it") : try await session.clients(ofProvider: providerARN)
        switch registered {
        case .registered: break
        case .noProvider:
            findings.problems.append(
                "it has \(roles.count) roles for tokens of \(provider.name), but no OIDC provider \(providerARN): none can be taken"
            )
            return findings
        case .unknown(let reason):
            guard !provider.isBuiltIn else { break }
            findings.problems.append(
                "its provider \(providerARN) can't be read (\(reason)): "
                    + "the clients that its roles name are taken for registered")
        }
        var account = place.account
        switch try await session.alias() {
        case .known(let alias): account = Account(id: id, name: account.name, alias: alias) ?? account
        case .unknown(let reason):
            findings.problems.append("its alias can't be read (\(reason)): it goes by its name from Organizations")
        }
        for role in roles.sorted(by: { $0.arn.text < $1.arn.text }) {
            var found = judge(role, account, provider, place.partition, registered)
            guard !found.isEmpty else { continue }
            switch try await session.hasTag(Self.skipTag, role.arn) {
            case nil, true?: found = AccountFindings()
            case false?: break
            }
            findings.add(found)
        }
        return findings
    }

    private func judge(
        _ role: RoleListing.Role, _ account: Account, _ provider: FederatedProvider, _ partition: Partition,
        _ registered: RegisteredClients
    ) -> AccountFindings {
        var findings = AccountFindings()
        let named = role.policy.namedClients(of: provider)
        let clients: Set<String> =
            switch registered {
            case .registered(let clients): clients
            case .unknown: named
            case .noProvider: []
            }
        func identity(_ text: String) -> WebIdentity? {
            (try? ClientID(text)).map {
                WebIdentity(provider: provider, clientID: $0, partition: partition, accountID: account.id)
            }
        }
        for text in clients {
            guard let identity = identity(text) else { continue }
            let entry = RoleMap.Entry(account: account, role: role.arn, clientID: identity.clientID)
            switch role.policy.verdict(for: identity) {
            case .allowed: findings.entries.append(entry)
            case .conditional(let reason): findings.conditional.append(RoleMap.Conditional(entry, reason: reason))
            case .refused: continue
            }
        }
        for text in named.subtracting(clients).sorted() {
            guard let identity = identity(text), role.policy.verdict(for: identity) != .refused else { continue }
            findings.problems.append(
                "role \(role.arn.text) names the client \"\(PrintableText.line(text))\", "
                    + "which is not registered at the account's provider")
        }
        let known = clients.union(named).sorted().compactMap(identity)
        if let openness = Openness(role.policy, known, identity) {
            findings.problems.append(
                "role \(role.arn.text) \(openness.sentence(provider)): add a condition on \(provider.name):aud")
        }
        return findings
    }
}

/// What was found in an account.
struct AccountFindings: Sendable {
    var entries: [RoleMap.Entry] = []
    var conditional: [RoleMap.Conditional] = []
    var problems: [String] = []
    /// The providers that roles name, of whatever kind, and how many roles do.
    var providers: [String: Int] = [:]

    var isEmpty: Bool { entries.isEmpty && conditional.isEmpty && problems.isEmpty }

    mutating func add(_ other: AccountFindings) {
        entries += other.entries
        conditional += other.conditional
        problems += other.problems
    }
}
