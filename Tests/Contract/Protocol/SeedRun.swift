import Domain
import Ports

/// One seed's world, from its beginning to its end.
struct SeedRun: Sendable {
    let seed: UInt64
    let problems: [String]
    let hash: UInt64
    let steps: Int
    let exchanges: Int
    let signIns: Int
    let reuses: Int
    /// How many records were repeated, so that what was left before them could be cleaned up.
    let repetitions: Int
    /// How many names there are in the folder in the end.
    let names: Int
    let isPlain: Bool
    let lines: [String]

    init(
        _ seed: UInt64, keepsTrace: Bool = false,
        makeStore: @escaping @Sendable (World, SimulatedProcess) -> any TokenStore = World.product,
        change: (inout Plan) -> Void = { _ in }
    ) throws {
        let simulation = Simulation(seed: seed, keepsTrace: keepsTrace)
        var plan = Plan(&simulation.dice)
        change(&plan)
        let key = TokenKey(issuer: try Issuer("https://login.example.com"), clientID: try ClientID("made-up-client"))
        let world = World(plan, simulation, key: key, makeStore: makeStore)
        world.run()
        self.seed = seed
        problems = simulation.problems
        hash = simulation.trace.hash
        steps = simulation.steps
        exchanges = world.provider.exchanges
        signIns = world.provider.signIns
        reuses = world.provider.reuses
        repetitions = world.records.count { $0.bytes.holds(Array("\nrepeats=".utf8)) }
        names = world.folder.server.count
        isPlain = plan.isPlain
        lines = simulation.trace.lines
    }
}
