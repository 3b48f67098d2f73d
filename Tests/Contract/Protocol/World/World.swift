import Domain
import NetworkFiles
import OpenSSL
import Ports

/// Hosts, a folder that they share, and an identity provider; and what has to hold among them.
///
/// `@unchecked Sendable`: touched only by whoever has the baton of its simulation.
final class World: @unchecked Sendable {
    /// What is known of tokens that somebody made.
    struct Origin {
        let session: Int
        /// When the production began that made them.
        let began: Double
        let made: Double
        let isByGo: Bool
    }

    /// A removal: when it began, and when it had returned.
    struct Removal {
        let began: Double
        let ended: Double
    }

    let simulation: Simulation
    let folder: LyingFolder
    let provider: StandInProvider
    let hosts: [SimulatedHost]
    let key: TokenKey
    let plan: Plan
    let makeStore: @Sendable (World, SimulatedProcess) -> any TokenStore
    var origins: [TokenSet: Origin] = [:]
    var signedInAt: [Double] = []
    var removals: [Removal] = []
    /// Removals that began and may have happened, whatever was told of them.
    var removalAttempts = 0
    /// The records that were ever published, and when; and the highest number among them.
    var records: [(number: UInt64, bytes: [UInt8], time: Double)] = []
    var highest: UInt64 = 0
    var generations: [UInt64: TokenSet] = [:]
    private(set) var finalSuccesses = 0

    init(
        _ plan: Plan, _ simulation: Simulation, key: TokenKey,
        makeStore: @escaping @Sendable (World, SimulatedProcess) -> any TokenStore
    ) {
        self.plan = plan
        self.simulation = simulation
        self.key = key
        self.makeStore = makeStore
        folder = LyingFolder(simulation: simulation)
        provider = StandInProvider(simulation: simulation)
        hosts = (0..<plan.hosts).map { number in
            let offset = plan.hasTrueClocks ? 0 : Int64(simulation.dice.between(-3600, 3600))
            return SimulatedHost(
                name: "h\(number)", wallOffset: offset, bootedAt: -simulation.dice.between(100, 100_000))
        }
        folder.server.onLink = { [unowned self] name, file, before in checkName(name, file, before) }
    }

    /// The store of the product, as a process of this world has it.
    static let product: @Sendable (World, SimulatedProcess) -> any TokenStore = { world, process in
        NetworkTokenStore(
            folder: world.folder.seen(by: process), notes: VirtualNotes(process: process),
            census: VirtualCensus(process: process), times: .standard,
            limits: ProductionLimits(refresh: 60, signIn: 90), coding: PlainCoding(), digester: OpenSSLCryptography(),
            random: VirtualRandom(process: process), time: VirtualTime(process: process),
            notices: Unheard(process: process), tries: world.plan.tries)
    }

    /// Lives through the plan, then checks that somebody can go on.
    func run() {
        folder.lies = plan.lies
        provider.faults = plan.faults
        simulation.pace = plan.pace
        for _ in 0..<plan.callers {
            simulation.after(simulation.dice.between(0, plan.time)) { [self] in startSomebody() }
        }
        for _ in 0..<plan.restarts {
            simulation.after(simulation.dice.between(0, plan.time)) { [self] in restart(simulation.dice.one(of: hosts))
            }
        }
        simulation.after(plan.time) { [self] in
            simulation.note(nil, "is calm")
            simulation.pace.kill = 0
            simulation.pace.pause = 0
            folder.lies = folder.lies.calmed
            provider.faults = StandInProvider.Faults()
            for host in hosts { host.outage = (-1, false) }
        }
        for host in hosts {
            simulation.after(plan.time + simulation.dice.between(1, 20)) { [self] in
                simulation.start(on: host) { [self] process in await Caller(world: self, process: process).goesOn() }
            }
        }
        simulation.run()
        checkEnd()
    }

    private func startSomebody() {
        let host = simulation.dice.one(of: hosts)
        let isPerson = simulation.dice.chance(0.5)
        let kind = simulation.dice.fraction()
        simulation.start(on: host) { [self] process in
            let caller = Caller(world: self, process: process, isPerson: isPerson)
            switch kind {
            case ..<plan.logouts: await caller.logsOut()
            case ..<(plan.logouts + 0.1): await caller.flushes()
            case ..<(plan.logouts + 0.2): await caller.reads()
            case ..<(plan.logouts + 0.2 + plan.goTool): await GoTool(world: self, process: process).runs()
            default: await caller.calls()
            }
        }
    }

    private func restart(_ host: SimulatedHost) {
        simulation.note(nil, "restarts", host.name)
        for process in simulation.processes where process.host === host { simulation.kill(process) }
        host.restart(at: simulation.now)
    }

    func succeededAtTheEnd() { finalSuccesses += 1 }
}
