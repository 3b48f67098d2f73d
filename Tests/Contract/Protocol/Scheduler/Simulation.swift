import Locking

/// Runs simulated processes one step at a time, in an order that a seed decides; time is virtual.
///
/// Each task of a process runs on a thread, and exactly one thread has the baton. It gives the baton away in `turn`, when a job
/// ends, and when a task sleeps; who is next is drawn by the dice. So a seed decides all that happens.
///
/// `@unchecked Sendable`: touched only by whoever has the baton; handing it over (`Worker.give`, `over`) is a lock.
final class Simulation: @unchecked Sendable {
    /// How the steps go.
    struct Pace {
        /// How likely the baton is given away in a call.
        var yield = 0.5
        /// Seconds that a call takes at most, while others go on.
        var step = 0.004
        /// How likely a process is killed, or stopped, in a call.
        var kill = 0.0
        var pause = 0.0
        /// How long it stays stopped at most.
        var longestPause = 120.0
    }

    /// Seconds that pass for everybody in a call, at most.
    private static let tick = 0.000_1

    var dice: SeededGenerator
    var pace = Pace()
    var trace: Trace
    private(set) var now = 0.0
    private(set) var problems: [String] = []
    /// More steps than that are a circle.
    let stepLimit: Int
    private(set) var steps = 0
    private(set) var processes: [SimulatedProcess] = []
    private var ready: [Activity] = []
    /// Later ones first.
    private var alarms: [Alarm] = []
    private var workers: [Worker] = []
    private var idle: [Worker] = []
    private var current: Worker?
    private let over = Guarded(false)

    init(seed: UInt64, keepsTrace: Bool = false, stepLimit: Int = 100_000) {
        dice = SeededGenerator(seed: seed)
        trace = Trace(isKept: keepsTrace)
        self.stepLimit = stepLimit
    }

    /// Runs until nothing is left to do.
    func run() {
        let first = worker()
        current = first
        first.give(.goOn)
        over.wait { $0 }
        for worker in workers { worker.give(.stop) }
    }

    /// Writes down that something is not as it should be.
    func problem(_ text: String) {
        problems.append(text)
        trace.note(now, "PROBLEM", "", text, "")
    }

    func note(_ process: SimulatedProcess?, _ what: StaticString, _ subject: String = "", _ outcome: String = "") {
        trace.note(now, process?.name ?? "world", what, subject, outcome)
    }

    // MARK: What can be done

    /// Something that can be done now.
    func add(_ activity: Activity) {
        if let current, !current.isCaller { foreign(activity) }
        ready.append(activity)
    }

    private func foreign(_ activity: Activity) {
        preconditionFailure("\(activity.process?.name ?? "world"): a task ran outside of the simulation")
    }

    /// Something that can be done then.
    func add(at time: Double, _ activity: Activity) {
        let place = alarms.firstIndex { $0.time <= time } ?? alarms.endIndex
        alarms.insert(Alarm(time: time, activity: activity), at: place)
    }

    /// Something that happens to the world, so many seconds from now.
    func after(_ seconds: Double, _ event: @escaping () -> Void) {
        add(at: now + seconds, Activity(process: nil, kind: .event(event)))
    }

    // MARK: Steps of a process

    /// A moment in a call at which others may go on, and at which the process may be stopped or killed.
    func turn(_ process: SimulatedProcess) {
        guard let me = current, me.isCaller else {
            preconditionFailure("\(process.name): a call from outside of the simulation")
        }
        guard !process.isDead else { return }
        steps += 1
        if steps == stepLimit {
            problem("no end after \(steps) steps")
            giveUp()
        }
        if steps >= stepLimit { return kill(process) }
        advance(to: now + dice.between(0, Self.tick))
        strike(process)
        guard !process.isDead, !process.isRunnable || dice.chance(pace.yield) else { return }
        add(at: now + dice.between(0, pace.step), Activity(process: process, kind: .call(me)))
        leave(me)
    }

    /// Holds a call until then.
    func block(_ process: SimulatedProcess, until time: Double) {
        guard !process.isDead, time > now, let me = current else { return }
        add(at: time, Activity(process: process, kind: .call(me)))
        leave(me)
    }

    /// Lets a task sleep.
    func sleep(_ process: SimulatedProcess, _ seconds: Double) async {
        let sleeper = Sleeper()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !process.isDead, !sleeper.isCancelled, !Task.isCancelled else { return continuation.resume() }
                sleeper.continuation = continuation
                add(at: now + max(0, seconds), Activity(process: process, kind: .wake(sleeper)))
            }
        } onCancel: {
            sleeper.isCancelled = true
            release { if case .wake(let other) = $0.kind { other === sleeper } else { false } }
        }
    }

    private func giveUp() {
        alarms.removeAll { if case .event = $0.activity.kind { true } else { false } }
        for process in processes { kill(process) }
    }

    private func strike(_ process: SimulatedProcess) {
        if dice.chance(pace.kill) {
            kill(process)
        } else if dice.chance(pace.pause) {
            pause(process, dice.between(1, pace.longestPause))
        }
    }

    // MARK: What happens to processes

    /// A new process of that host, which runs that code.
    func start(on host: SimulatedHost, _ code: @escaping @Sendable (SimulatedProcess) async -> Void) {
        let process = SimulatedProcess(simulation: self, host: host, number: processes.count)
        processes.append(process)
        process.start { await code(process) }
    }

    /// Ends a process: nothing that it still does has any effect.
    func kill(_ process: SimulatedProcess) {
        guard !process.isDead, !process.isOver else { return }
        note(process, "is killed")
        process.isDead = true
        process.lastTrouble = now
        process.host.queues = process.host.queues.filter { $0.value !== process }
        release { $0.process === process }
        process.task?.cancel()
    }

    /// Stops a process for so long.
    func pause(_ process: SimulatedProcess, _ seconds: Double) {
        guard !process.isDead, !process.isOver, !process.isPaused else { return }
        note(process, "is stopped", "for \(Int(seconds)) s")
        process.isPaused = true
        process.lastTrouble = now
        after(seconds) { [self] in
            process.isPaused = false
            process.lastTrouble = now
            note(process, "goes on")
        }
    }

    /// Makes ready what waits for its time.
    private func release(_ isSo: (Activity) -> Bool) {
        // Later ones come first in the list.
        for alarm in alarms.reversed() where isSo(alarm.activity) { ready.append(alarm.activity) }
        alarms.removeAll { isSo($0.activity) }
    }

    // MARK: The baton

    private func advance(to time: Double) {
        now = max(now, time)
        while let alarm = alarms.last, alarm.time <= now {
            alarms.removeLast()
            ready.append(alarm.activity)
        }
    }

    /// Draws what is done next; nil where nothing is left.
    private func draw() -> Activity? {
        while true {
            if let dead = ready.firstIndex(where: { $0.process?.isDead ?? true }) { return ready.remove(at: dead) }
            let runnable = ready.indices.filter { ready[$0].process?.isRunnable ?? true }
            if !runnable.isEmpty { return ready.remove(at: dice.one(of: runnable)) }
            guard let alarm = alarms.last else { return nil }
            advance(to: alarm.time)
        }
    }

    /// Gives the baton away in a call, and comes back when it is this call's turn again.
    private func leave(_ me: Worker) {
        while let next = draw() {
            switch next.kind {
            case .call(let worker) where worker === me:
                return
            case .call(let worker):
                hand(to: worker, .goOn)
                _ = me.await()
                return
            case .job(let job):
                guard let process = next.process else { continue }
                hand(to: idle.popLast() ?? worker(), .run(job, process))
                _ = me.await()
                return
            case .wake(let sleeper): wake(sleeper)
            case .event(let event): event()
            }
        }
        preconditionFailure("a call that is stopped for good")
    }

    private func hand(to worker: Worker, _ order: Worker.Order) {
        current = worker
        worker.give(order)
    }

    private func wake(_ sleeper: Sleeper) {
        let continuation = sleeper.continuation
        sleeper.continuation = nil
        continuation?.resume()
    }

    private func worker() -> Worker {
        let worker = Worker { [unowned self] me in work(me) }
        workers.append(worker)
        worker.start()
        return worker
    }

    private func work(_ me: Worker) {
        while true {
            switch me.await() {
            case .stop: return
            case .goOn: break
            case .run(let job, let process): job.runSynchronously(on: process.asUnownedTaskExecutor())
            }
            if !goOn(me) { return }
        }
    }

    /// Does what comes next until that is another thread's; false at the end of all.
    private func goOn(_ me: Worker) -> Bool {
        while let next = draw() {
            switch next.kind {
            case .call(let worker):
                idle.append(me)
                hand(to: worker, .goOn)
                return true
            case .job(let job):
                guard let process = next.process else { continue }
                job.runSynchronously(on: process.asUnownedTaskExecutor())
            case .wake(let sleeper): wake(sleeper)
            case .event(let event): event()
            }
        }
        over.with { $0 = true }
        return false
    }
}
