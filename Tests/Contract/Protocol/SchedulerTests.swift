import Testing

/// What the promises of the protocol's tests are built on: one step at a time, and a seed decides which.
@Suite("The scheduler that a seed decides")
struct SchedulerTests {
    /// What simulated processes did, in order; touched only by whoever has the baton.
    private final class Diary: @unchecked Sendable {
        var lines: [String] = []
    }

    @Test("Sleepers wake in the order of their times, and no time is spent waiting")
    func sleepers() {
        let simulation = Simulation(seed: 1)
        let host = SimulatedHost(name: "h0", wallOffset: 0, bootedAt: 0)
        let diary = Diary()
        for seconds in [300.0, 20, 4_000] {
            simulation.start(on: host) { process in
                await simulation.sleep(process, seconds)
                diary.lines.append("\(Int(seconds)) at \(Int(simulation.now))")
            }
        }
        simulation.run()
        #expect(diary.lines == ["20 at 20", "300 at 300", "4000 at 4000"])
    }

    @Test("A process that is killed does nothing more, and its code ends")
    func kill() {
        let simulation = Simulation(seed: 2)
        let host = SimulatedHost(name: "h0", wallOffset: 0, bootedAt: 0)
        let diary = Diary()
        simulation.start(on: host) { process in
            while !Task.isCancelled {
                await simulation.sleep(process, 1)
                simulation.turn(process)
                if !process.isDead { diary.lines.append("alive") }
            }
        }
        simulation.after(3.5) { for process in simulation.processes { simulation.kill(process) } }
        simulation.run()
        #expect(diary.lines.count == 3)
        let areOver = simulation.processes.allSatisfy(\.isOver)
        #expect(areOver)
    }

    @Test("A process that is stopped in a call goes on with it afterwards; others go on meanwhile")
    func pause() {
        let simulation = Simulation(seed: 3)
        let host = SimulatedHost(name: "h0", wallOffset: 0, bootedAt: 0)
        let diary = Diary()
        for name in ["one", "other"] {
            simulation.start(on: host) { process in
                if name == "one" { simulation.pause(process, 60) }
                simulation.turn(process)
                diary.lines.append("\(name) at \(Int(simulation.now))")
            }
        }
        simulation.run()
        #expect(diary.lines == ["other at 0", "one at 60"])
    }

    @Test("Another seed is another order")
    func orders() {
        func order(_ seed: UInt64) -> [String] {
            let simulation = Simulation(seed: seed)
            let host = SimulatedHost(name: "h0", wallOffset: 0, bootedAt: 0)
            let diary = Diary()
            for number in 0..<5 {
                simulation.start(on: host) { process in
                    for _ in 0..<3 {
                        simulation.turn(process)
                        diary.lines.append("\(number)")
                    }
                }
            }
            simulation.run()
            return diary.lines
        }
        #expect(order(7) == order(7))
        #expect(Set((0..<20).map { order($0) }).count > 15)
    }

    @Test("Code that goes round in a circle is ended, and told of")
    func circle() {
        let simulation = Simulation(seed: 4, stepLimit: 1_000)
        let host = SimulatedHost(name: "h0", wallOffset: 0, bootedAt: 0)
        simulation.start(on: host) { process in
            while !process.isDead { simulation.turn(process) }
        }
        simulation.run()
        #expect(simulation.problems == ["no end after 1000 steps"])
    }
}
