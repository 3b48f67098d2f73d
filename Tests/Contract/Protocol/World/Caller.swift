import Domain
import Ports

/// A process that wants tokens, or wants them gone.
struct Caller: Sendable {
    let world: World
    let process: SimulatedProcess
    let store: any TokenStore
    let isPerson: Bool

    init(world: World, process: SimulatedProcess, isPerson: Bool = true) {
        self.world = world
        self.process = process
        self.isPerson = isPerson
        store = world.makeStore(world, process)
    }

    private var simulation: Simulation { world.simulation }
    private var time: VirtualTime { VirtualTime(process: process) }

    /// Wants live tokens, and looks at the store before and after.
    func calls() async {
        var seen: UInt64 = 0
        look(&seen)
        let time = time
        _ = await obtain { $0.isLive(at: time.now()) }
        look(&seen)
        if simulation.dice.chance(0.3) {
            await time.sleep(seconds: simulation.dice.between(0, 100))
            _ = await obtain { $0.isLive(at: time.now()) }
            look(&seen)
        }
    }

    /// Wants other tokens than those that are there.
    func flushes() async {
        guard world.plan.flushes else { return await calls() }
        let old = (try? store.read(world.key))??.tokens
        let time = time
        _ = await obtain { $0 != old && $0.isLive(at: time.now()) }
    }

    func reads() async {
        var seen: UInt64 = 0
        for _ in 0..<4 {
            look(&seen)
            await time.sleep(seconds: simulation.dice.between(0, 60))
        }
    }

    func logsOut() async {
        let began = simulation.now
        world.removalAttempts += 1
        simulation.note(process, "removes")
        do {
            try store.remove(world.key)
            guard !process.isDead else { return }
            world.removals.append(World.Removal(began: began, ended: simulation.now))
            simulation.note(process, "removed")
        } catch {
            simulation.note(process, "did not remove", "\(error)")
            mayFail(error)
        }
        var seen: UInt64 = 0
        look(&seen)
    }

    /// When all is calm: everybody can go on.
    func goesOn() async {
        let time = time
        for _ in 0..<3 {
            if await obtain(isLast: true, isEnough: { $0.isLive(at: time.now()) }) {
                if !process.isDead { world.succeededAtTheEnd() }
                return
            }
            await time.sleep(seconds: 20)
        }
    }

    private func look(_ seen: inout UInt64) {
        let began = simulation.now
        do {
            guard let stored = try store.read(world.key) else { return simulation.note(process, "has read", "nothing") }
            simulation.note(process, "has read", stored.tokens.accessToken.revealed, "as \(stored.generation)")
            world.checkRead(stored, by: process, began: began)
            guard world.isRecord(stored), process.readRecords.contains(stored.generation), !process.isDead else {
                return
            }
            if stored.generation < seen {
                simulation.problem("\(process.name) read \(stored.generation) after \(seen)")
            }
            seen = max(seen, stored.generation)
        } catch {
            simulation.note(process, "did not read", "\(error)")
            mayFail(error)
        }
    }

    /// Gets tokens as the product does: by a refresh, else by a sign-in under a right of its own kind.
    private func obtain(isLast: Bool = false, isEnough: @escaping @Sendable (TokenSet) -> Bool) async -> Bool {
        for purpose in [ProductionPurpose.refresh, .signIn] {
            let began = simulation.now
            let renewal = Renewal(world: world, process: process, maySignIn: purpose == .signIn, isEnough: isEnough)
            do throws(TokenStoreError) {
                let produced = try await store.produce(
                    world.key, purpose, waitingUntil: nil, isEnough: isEnough, isRight: { _ in true }
                ) { production throws(ProductionStop) in try await renewal(production) }
                if !process.isDead { check(produced, began, isEnough) }
                return true
            } catch {
                guard !process.isDead else { return false }
                simulation.note(process, "did not obtain", "\(error)")
                if case .stopped(Renewal.Stop.needsSignIn) = error {
                    if isPerson { continue }
                    return false
                }
                mayFail(error)
                return false
            }
        }
        return false
    }

    private func check(_ produced: ProducedTokens, _ began: Double, _ isEnough: (TokenSet) -> Bool) {
        simulation.note(
            process, "has obtained", produced.tokens.accessToken.revealed,
            produced.unstored.map { "unstored: \($0)" } ?? "")
        guard let origin = world.origins[produced.tokens] else {
            return simulation.problem("\(process.name) obtained tokens that nobody made")
        }
        let made = world.publication(of: produced.tokens) ?? origin.made
        if !isEnough(produced.tokens), made < began - world.plan.lies.staleness {
            simulation.problem("\(process.name) obtained tokens made before it asked, and not enough")
        }
        if world.plan.isPlain, let unstored = produced.unstored {
            simulation.problem("\(process.name) could not store, where nothing fails: \(unstored)")
        }
    }

    /// Where nothing fails, nothing may.
    private func mayFail(_ error: TokenStoreError) {
        guard world.plan.isPlain, !process.isDead else { return }
        if case .stopped(let reason) = error, reason is Renewal.Stop { return }
        // Servers that take turns in showing what is and what was may do so for longer than anybody looks.
        if world.plan.lies.goesBack, case .notReadable = error { return }
        simulation.problem("\(process.name) failed, where nothing does: \(error)")
    }
}

extension TokenSet {
    /// Whether they will do for a while, by that clock.
    func isLive(at now: Timestamp) -> Bool { (claims.expiry ?? now) > now + 10 }
}
