package import Domain
import Locking
package import Ports
import Production

/// The token cache in a folder that several hosts share over a network file system (docs/cache-protocol.md).
package struct NetworkTokenStore: TokenStore {
    let folder: any SharedFolder
    let notes: any HostNotes
    let census: any ProcessCensus
    let times: ProductionTimes
    let limits: ProductionLimits
    let coding: any TokenCoding
    let digester: any Digester
    let random: any RandomSource
    let time: any TimeSource
    let notices: any Notices
    /// How many rights to one generation may end in vain before its record is repeated.
    let tries: UInt64
    /// What this process has seen.
    let memory = SharedMemory()
    /// What it has last seen of others' rights, where this host has no place to write that down.
    let observed = Guarded<[String: Observation]>([:])
    /// The marks of leases that it tried to make, was told that it had not, and so does not use.
    let abandoned = Guarded<Set<String>>([])
    /// Whether it has found that hard links work.
    let linksWork = Guarded(false)

    /// How often a production is begun anew where others are faster each time.
    private static let rounds = 8
    /// How long trouble is given to pass before it is begun anew, in seconds.
    private static let (firstPause, longestPause) = (0.1, 2.0)

    /// The store in that folder.
    package init(
        folder: any SharedFolder, notes: any HostNotes, census: any ProcessCensus, times: ProductionTimes,
        limits: ProductionLimits, coding: any TokenCoding, digester: any Digester, random: any RandomSource,
        time: any TimeSource, notices: any Notices, tries: UInt64 = 32
    ) {
        self.folder = folder
        self.notes = notes
        self.census = census
        self.times = times
        self.limits = limits
        self.coding = coding
        self.digester = digester
        self.random = random
        self.time = time
        self.notices = notices
        self.tries = tries
    }

    var format: SharedRecordFormat { SharedRecordFormat(coding: coding, digester: digester) }

    func patience(until deadline: Deadline?) -> Patience {
        Patience(limits: limits, until: deadline, time: time, notices: notices)
    }

    package func read(_ key: TokenKey) throws(TokenStoreError) -> StoredTokens? {
        let key = SharedKey(key, self)
        return try reading { () throws(SharedFolderFailure) in key.stored(try key.look()) }
    }

    package func lastChange(_ key: TokenKey) throws(TokenStoreError) -> LastChange {
        let key = SharedKey(key, self)
        return try reading { () throws(SharedFolderFailure) in
            let look = try key.look()
            return LastChange(generation: look.generation, isRemoval: look.isRemoved)
        }
    }

    package func damage(_ key: TokenKey) -> TokenStoreError? {
        let key = SharedKey(key, self)
        guard let look = try? key.look(), look.isDamaged else { return nil }
        return .unusable(
            path: key.fullPath(.record(look.highest)), reason: "it is damaged, or no token record at all",
            remedy: "The next sign-in takes its place.")
    }

    package func remove(_ key: TokenKey) throws(TokenStoreError) {
        let key = SharedKey(key, self)
        try writing { () throws(SharedFolderFailure) in try key.remove() }
    }

    package func produce(
        _ key: TokenKey, _ purpose: ProductionPurpose, waitingUntil deadline: Deadline?,
        isEnough: @Sendable (TokenSet) -> Bool, isRight: @Sendable (TokenSet) -> Bool,
        body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet
    ) async throws(TokenStoreError) -> ProducedTokens {
        let key = SharedKey(key, self)
        // A look that needs no writing first: what is live serves also where the disk is full.
        let heard = notes.note(key.note("news"))
        let first: SharedLook
        do { first = try await key.lookPatiently() } catch { throw error.whenReading }
        if let tokens = first.tokens, isEnough(tokens) { return ProducedTokens(tokens: tokens, unstored: nil) }
        do {
            try await key.patiently { () throws(SharedFolderFailure) in try key.prepare() }
        } catch {
            throw error.whenWriting
        }
        var patience = patience(until: deadline)
        var (round, pause) = (1, Self.firstPause)
        while true {
            let queue = SharedQueue(key: key, purpose: purpose)
            let (share, look, place): (HeldShare?, SharedLook, (any HeldRight)?)
            switch try await queue.turn(
                since: first, hearing: heard, &patience, isEnough: isEnough, isRight: isRight)
            {
            case .taken(let tokens): return ProducedTokens(tokens: tokens, unstored: nil)
            case .mine(let held, let seen): (share, look, place) = (held, seen, nil)
            case .needless(let seen, let turn): (share, look, place) = (nil, seen, turn)
            }
            defer { place?.end() }
            if look.isDamaged {
                let path = key.fullPath(.record(look.highest))
                notices.warn("the token record \(path) could not be read; it is passed over.")
            }
            let production = SharedProduction(key, purpose, deadline, share, after: look)
            do throws(TokenStoreError) {
                return try await run(body, production, after: look)
            } catch {
                guard let restart = production.restart, !Task.isCancelled else { throw error }
                if let trouble = restart.trouble {
                    // Waited for as all other trouble is, before the next try.
                    do { try patience.wait(for: nil) } catch { throw trouble }
                    await time.sleep(seconds: pause)
                    pause = min(Self.longestPause, pause * 2)
                } else {
                    guard round < Self.rounds else { throw error }
                    round += 1
                }
            }
        }
    }

    /// Runs a body under its right, whose beat is a child of this task: it ends with the body.
    private func run(
        _ body: @Sendable (any TokenProduction) async throws(ProductionStop) -> TokenSet,
        _ production: SharedProduction, after look: SharedLook
    ) async throws(TokenStoreError) -> ProducedTokens {
        do throws(SharedFolderFailure) {
            try production.importForeign(look)
        } catch {
            production.giveUp()
            throw production.startOver(after: error, error.whenWriting)
        }
        let outcome: Result<ProducedTokens, TokenStoreError> = await withTaskGroup(of: Void.self) { group in
            group.addTask { await production.beat() }
            defer { group.cancelAll() }
            do throws(ProductionStop) {
                let tokens = try await body(production)
                return .success(await production.finish(tokens))
            } catch {
                production.giveUp(isLost: error.reason is ProducerLost)
                return .failure(.stopped(error.reason))
            }
        }
        return try outcome.get()
    }
}
