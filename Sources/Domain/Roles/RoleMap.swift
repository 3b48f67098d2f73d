/// Which clients of the identity provider may take which roles, in all accounts: what a scan of the organizations gives.
package struct RoleMap: Sendable, Hashable {
    /// A role, and a client whose tokens it certainly takes.
    package struct Entry: Sendable, Hashable {
        /// The account that the role is in.
        package let account: Account
        /// The role.
        package let role: RoleARN
        /// The client.
        package let clientID: ClientID

        /// An entry.
        package init(account: Account, role: RoleARN, clientID: ClientID) {
            self.account = account
            self.role = role
            self.clientID = clientID
        }
    }

    /// A role whose trust policy has something that can't be judged from outside.
    package struct Conditional: Sendable, Hashable {
        /// The role and the client.
        package let entry: Entry
        /// What can't be judged, in words for a person.
        package let reason: String

        /// A conditional role.
        package init(_ entry: Entry, reason: String) {
            self.entry = entry
            self.reason = reason
        }
    }

    /// An account that the last scan could not read: what is said of its roles is older.
    package struct Stale: Sendable, Hashable {
        /// The account.
        package let accountID: String
        /// Why it could not be read.
        package let reason: String
        /// When it was last read well; nil where it never was.
        package let lastRead: Timestamp?

        /// A stale account.
        package init(accountID: String, reason: String, lastRead: Timestamp?) {
            self.accountID = accountID
            self.reason = reason
            self.lastRead = lastRead
        }
    }

    /// Ordered by account, role and client, without repetition.
    package let entries: [Entry]
    /// Ordered in the same way.
    package let conditional: [Conditional]
    /// Ordered by account.
    package let stale: [Stale]
    /// When the scan began that found it; nil where nobody wrote that down.
    package private(set) var scannedAt: Timestamp?
    /// Whose tokens the roles take; nil where nobody wrote that down, as the Go tool does not.
    package let issuer: Issuer?

    /// A map of these, put in order: the same roles give the same map.
    package init(
        entries: [Entry], conditional: [Conditional] = [], stale: [Stale] = [], scannedAt: Timestamp? = nil,
        issuer: Issuer? = nil
    ) {
        self.scannedAt = scannedAt
        self.issuer = issuer
        self.entries = Set(entries).sorted { Self.order($0, $1) }
        self.conditional = Set(conditional).sorted {
            $0.entry == $1.entry ? $0.reason < $1.reason : Self.order($0.entry, $1.entry)
        }
        self.stale = stale.sorted { $0.accountID < $1.accountID }
    }

    /// The same without the time of its scan, as it is published: nothing new is nothing to write.
    package var undated: RoleMap {
        var map = self
        map.scannedAt = nil
        return map
    }

    /// Whether nobody has any role by it.
    package var isEmpty: Bool { entries.isEmpty && conditional.isEmpty }

    /// The issuer that the map was made for, where that is another one than this: then nothing of it holds.
    ///
    /// A map that names none counts as made for whoever reads it.
    package func foreignIssuer(to own: Issuer) -> Issuer? { issuer == own ? nil : issuer }

    /// How many roles there are, each of which may have several clients.
    package var roleCount: Int { Set(entries.map(\.role)).count }

    private static func order(_ one: Entry, _ other: Entry) -> Bool {
        (one.account.id, one.role.text, one.clientID.text, one.account.name, one.account.alias)
            < (other.account.id, other.role.text, other.clientID.text, other.account.name, other.account.alias)
    }
}

extension RoleMap {
    /// Maps that say the same are equal, whenever that was found.
    package static func == (one: RoleMap, other: RoleMap) -> Bool {
        one.issuer == other.issuer && one.entries == other.entries && one.conditional == other.conditional
            && one.stale == other.stale
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(issuer)
        hasher.combine(entries)
        hasher.combine(conditional)
        hasher.combine(stale)
    }
}
