/// What a seed's world is like.
struct Plan {
    var hosts: Int
    var callers: Int
    /// Seconds until all is calm.
    var time: Double
    /// Seconds that tokens live.
    var life: Int64
    var hasTrueClocks: Bool
    var restarts = 0
    var logouts = 0.0
    var flushes = true
    var goTool = 0.0
    var lies = Lies()
    var faults = StandInProvider.Faults()
    var pace = Simulation.Pace()
    /// How many rights end in vain before a record is repeated.
    var tries: UInt64
    /// Whether nothing fails and nobody dies: the folder is only out of date.
    var isPlain = false

    /// The plan of that seed.
    init(_ dice: inout SeededGenerator) {
        hosts = 1 + dice.below(4)
        callers = 4 + dice.below(12)
        time = dice.between(60, 400)
        life = Int64(dice.between(30, 90))
        hasTrueClocks = dice.chance(0.5)
        logouts = dice.chance(0.5) ? 0.15 : 0
        flushes = dice.chance(0.5)
        pace.yield = dice.one(of: [0.1, 0.5, 1])
        pace.step = dice.one(of: [0.002, 0.02, 0.3])
        lies.staleness = dice.one(of: [0, 3, 30, 60])
        lies.stale = lies.staleness == 0 ? 0 : dice.one(of: [0.1, 0.5, 0.9])
        lies.goesBack = dice.chance(0.3)
        tries = dice.one(of: [1, 2, 4])
        isPlain = dice.chance(0.25)
        if isPlain { return }
        if dice.chance(0.6) {
            let level = dice.one(of: [0.002, 0.01, 0.05])
            lies.failure = level * dice.fraction()
            lies.lostReply = level
            lies.late = dice.chance(0.3) ? level : 0
            lies.noLinkCount = dice.one(of: [0, 0.3])
            lies.full = level * dice.fraction()
            lies.outage = dice.chance(0.4) ? 0.003 : 0
        }
        if dice.chance(0.6) {
            pace.kill = dice.one(of: [0.001, 0.005, 0.02])
            restarts = dice.below(3)
        }
        if dice.chance(0.6) { pace.pause = dice.one(of: [0.001, 0.005, 0.02]) }
        if dice.chance(0.4) {
            faults.outOfOrder = 0.1
            faults.lost = 0.05
            faults.endsSession = dice.one(of: [0, 0.05])
        }
        goTool = dice.chance(0.12) ? 0.15 : 0
    }
}

extension Lies {
    /// The same file system with nothing going wrong, only out of date.
    var calmed: Lies {
        var lies = Lies()
        lies.staleness = staleness
        lies.stale = stale
        lies.goesBack = goesBack
        return lies
    }
}
