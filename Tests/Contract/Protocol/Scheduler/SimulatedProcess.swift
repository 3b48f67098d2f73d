import Ports

/// A process of a simulated host: its tasks run in its simulation, one step at a time.
///
/// `@unchecked Sendable`: touched only by whoever has the baton of its simulation.
final class SimulatedProcess: TaskExecutor, @unchecked Sendable {
    let simulation: Simulation
    let host: SimulatedHost
    let stamp: ProcessStamp
    let name: String
    /// Set once it is killed: nothing that it does has any effect any more.
    var isDead = false
    var isPaused = false
    /// Whether its code has come to its end.
    var isOver = false
    var task: Task<Void, Never>?
    /// When it last stood still, or a call of it failed: what excuses it from keeping its right.
    var lastTrouble = -Double.infinity
    /// When the last beat or lease of it began that went through, in seconds of the world.
    var lastProof = -1e9
    /// Which records it has opened: what it knows of others may be from the other tool's file.
    var readRecords: Set<UInt64> = []
    var lateUptime = 0.0

    init(simulation: Simulation, host: SimulatedHost, number: Int) {
        self.simulation = simulation
        self.host = host
        stamp = ProcessStamp(
            host: host.name, bootID: host.bootID, pidNamespace: "pid", processID: Int32(100 + number),
            startTime: UInt64(simulation.now * 100))
        name = "\(host.name)/\(number)"
    }

    /// Whether it can do anything now.
    var isRunnable: Bool { isDead || !isPaused && !host.isPaused }

    func enqueue(_ job: consuming ExecutorJob) {
        simulation.add(Activity(process: self, kind: .job(UnownedJob(job))))
    }

    func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

    /// Starts its code.
    func start(_ code: @escaping @Sendable () async -> Void) {
        task = Task(executorPreference: self) {
            await code()
            self.isOver = true
        }
    }
}

/// A simulated host, with clocks of its own.
///
/// `@unchecked Sendable`: touched only by whoever has the baton of its simulation.
final class SimulatedHost: @unchecked Sendable {
    let name: String
    /// Seconds that its wall clock is ahead.
    let wallOffset: Int64
    private(set) var bootID: String
    private(set) var bootedAt: Double
    var isPaused = false
    /// Its own small files, which do not outlive its start.
    var notes: [String: [UInt8]] = [:]
    /// Who is at the head of which queue.
    var queues: [String: SimulatedProcess] = [:]
    /// Until when the server is away for it, and whether calls block meanwhile.
    var outage: (until: Double, blocks: Bool) = (-1, false)

    init(name: String, wallOffset: Int64, bootedAt: Double) {
        self.name = name
        self.wallOffset = wallOffset
        self.bootedAt = bootedAt
        bootID = "boot-\(name)-0"
    }

    func restart(at now: Double) {
        bootedAt = now
        bootID = "boot-\(name)-\(Int(now * 1000))"
        notes = [:]
        queues = [:]
    }
}
