package import Domain
package import Ports

/// Reads every account of the organizations, and gives the role map.
///
/// An account that can't be read keeps what it had, and is marked stale; nothing good is replaced by nothing.
package struct ScanOrganizations: Sendable {
    /// What to scan.
    package struct Settings: Sendable {
        /// The identity provider whose tokens count.
        package var issuer: Issuer
        /// A role for each organization that may list its accounts.
        package var organizationRoles: [RoleARN]
        /// The name, with its path, of the role that reads an account.
        package var readerRoleName: String
        /// Accounts that are left out.
        package var skippedAccounts: Set<String>
        /// How many accounts are read at a time.
        package var concurrency = 16
        /// How long an account may take, in seconds.
        package var accountLimit = 300.0

        /// Settings with the usual limits.
        package init(
            issuer: Issuer, organizationRoles: [RoleARN], readerRoleName: String, skippedAccounts: Set<String> = []
        ) {
            self.issuer = issuer
            self.organizationRoles = organizationRoles
            self.readerRoleName = readerRoleName
            self.skippedAccounts = skippedAccounts
        }
    }

    let settings: Settings
    let directory: any AccountDirectory
    let time: any TimeSource

    /// A scan of what the settings say.
    package init(_ settings: Settings, directory: any AccountDirectory, time: any TimeSource) {
        self.settings = settings
        self.directory = directory
        self.time = time
    }

    /// Scans once; `previous` is the map as it is now.
    ///
    /// - Parameter interim: gets the map as far as it is known, now and then while a scan goes on.
    package func callAsFunction(previous: RoleMap?, interim: (@Sendable (RoleMap) -> Void)? = nil) async -> ScanOutcome
    {
        let started = time.now()
        var outcome = ScanLedger(previous: previous, now: started)
        var accounts: [AccountToRead] = []
        var listed: Set<String> = []
        for role in settings.organizationRoles {
            do throws(AccountProblem) {
                let found = try await directory.accounts(through: role)
                // Its own management account is always in it.
                guard !found.isEmpty else { throw AccountProblem("it lists no active account") }
                for account in found where listed.insert(account.id).inserted {
                    guard !settings.skippedAccounts.contains(account.id) else { continue }
                    accounts.append(AccountToRead(account: account, partition: role.partition))
                }
            } catch {
                outcome.organizationFailed(role, error)
            }
        }
        outcome.knows(accounts: listed.subtracting(settings.skippedAccounts), skipped: settings.skippedAccounts)
        await read(accounts, &outcome, interim)
        return outcome.finish()
    }

    private func read(
        _ accounts: [AccountToRead], _ outcome: inout ScanLedger, _ interim: (@Sendable (RoleMap) -> Void)?
    ) async {
        var published = time.uptime()
        await withTaskGroup(of: (Account, Result<AccountFindings, AccountProblem>).self) { group in
            var waiting = accounts[...]
            for account in waiting.prefix(max(1, settings.concurrency)) {
                group.addTask { await read(account) }
            }
            waiting = waiting.dropFirst(max(1, settings.concurrency))
            for await (account, result) in group {
                outcome.take(account, result)
                if let next = waiting.popFirst() { group.addTask { await read(next) } }
                if let interim, time.uptime() - published > 5 {
                    interim(outcome.map)
                    published = time.uptime()
                }
            }
        }
    }

    /// Reads an account, and gives up when its time is over.
    private func read(_ account: AccountToRead) async -> (Account, Result<AccountFindings, AccountProblem>) {
        let result = await withTaskGroup(of: Result<AccountFindings, AccountProblem>?.self) { group in
            group.addTask {
                do throws(AccountProblem) {
                    return .success(
                        try await ReadAccount(settings: settings, directory: directory)(account))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await time.sleep(seconds: settings.accountLimit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .failure(AccountProblem("it could not be read within \(Int(settings.accountLimit)) s"))
        }
        return (account.account, result)
    }
}

/// An account, and the partition that it is in.
struct AccountToRead: Sendable {
    let account: Account
    let partition: Partition
}

/// What a scan gave.
package struct ScanOutcome: Sendable {
    /// The map.
    package let map: RoleMap
    /// What whoever runs the service should know, a sentence each, in the order of accounts.
    package let problems: [String]
    /// How many accounts were read.
    package let readAccounts: Int
    /// How many could not be read.
    package let failedAccounts: Int
    /// How many organizations could not be listed.
    package let failedOrganizations: Int

    /// Whether nothing at all could be read, so that the map holds at most what was there before.
    package var hasReadNothing: Bool { readAccounts == 0 && (failedAccounts > 0 || failedOrganizations > 0) }
}
