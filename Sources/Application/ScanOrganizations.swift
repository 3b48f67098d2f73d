package import Domain
import Locking
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

    /// Seconds between two maps of a scan that goes on.
    private static let interimSeconds: Double = 5

    /// A scan of what the settings say.
    package init(_ settings: Settings, directory: any AccountDirectory, time: any TimeSource) {
        self.settings = settings
        self.directory = directory
        self.time = time
    }

    /// Scans once.
    ///
    /// - Parameters:
    ///   - previous: the map as it is now.
    ///   - at: when that was made, where anybody knows.
    ///   - interim: gets the map as far as it is known, now and then while a scan goes on.
    package func callAsFunction(
        previous: RoleMap?, at: Timestamp? = nil, interim: (@Sendable (RoleMap) -> Void)? = nil
    ) async -> ScanOutcome {
        var ledger = ScanLedger(
            issuer: settings.issuer, previous: previous, at: at, skipped: settings.skippedAccounts, now: time.now())
        var published = time.uptime()
        let (steps, step) = AsyncStream.makeStream(of: Step.self)
        await withTaskGroup(of: Void.self) { group in
            // Accounts are read while further ones are listed.
            group.addTask {
                for role in settings.organizationRoles { step.yield(.ended(role, await list(role, step))) }
                step.yield(.allListed)
            }
            // What is ready is served also where the last account lets everybody wait.
            if interim != nil {
                group.addTask {
                    while !Task.isCancelled {
                        await time.sleep(seconds: Self.interimSeconds)
                        step.yield(.timePassed)
                    }
                }
            }
            var waiting: [AccountToRead] = []
            var (next, busy, isListed) = (0, 0, false)
            for await news in steps {
                switch news {
                case .page(let role, let accounts):
                    for account in accounts where ledger.lists(account) {
                        waiting.append(AccountToRead(account: account, partition: role.partition))
                    }
                case .ended(_, nil): break
                case .ended(let role, let problem?): ledger.organizationFailed(role, problem)
                case .allListed: isListed = true
                case .timePassed: break
                case .account(let account, let result):
                    busy -= 1
                    ledger.take(account, result)
                }
                while busy < max(1, settings.concurrency), next < waiting.count {
                    let account = waiting[next]
                    group.addTask { step.yield(.account(account.account, await read(account))) }
                    (next, busy) = (next + 1, busy + 1)
                }
                if isListed, busy == 0 {
                    group.cancelAll()
                    break
                }
                // Not before every account is known by its number, nor one without any role in place of a good one.
                guard let interim, isListed, time.uptime() - published >= Self.interimSeconds else { continue }
                published = time.uptime()
                if !ledger.hasLostEverything { interim(ledger.map) }
            }
        }
        return ScanOutcome(
            ledger, provider: FederatedProvider(settings.issuer),
            management: Set(settings.organizationRoles.map(\.accountID)))
    }

    /// What comes in while a scan goes on.
    private enum Step: Sendable {
        case page(RoleARN, [Account])
        case ended(RoleARN, AccountProblem?)
        case allListed
        case timePassed
        case account(Account, Result<AccountFindings, AccountProblem>)
    }

    private func list(_ role: RoleARN, _ step: AsyncStream<Step>.Continuation) async -> AccountProblem? {
        let isEmpty = Guarded(true)
        do throws(AccountProblem) {
            try await directory.list(through: role) { accounts in
                isEmpty.with { $0 = $0 && accounts.isEmpty }
                step.yield(.page(role, accounts))
            }
            // Its own management account is always in it.
            return isEmpty.with { $0 } ? AccountProblem("it lists no active account") : nil
        } catch {
            return error
        }
    }

    /// Reads an account, and gives up when its time is over.
    private func read(_ account: AccountToRead) async -> Result<AccountFindings, AccountProblem> {
        await withTaskGroup(of: Result<AccountFindings, AccountProblem>?.self) { group in
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
    }
}

/// An account, and the partition that it is in.
struct AccountToRead: Sendable {
    let account: Account
    let partition: Partition
}
