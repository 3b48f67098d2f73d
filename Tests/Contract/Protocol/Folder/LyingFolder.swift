import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The shared folder as the clients of its server see it, and their lies.
///
/// `@unchecked Sendable`: touched only by whoever has the baton of its simulation.
final class LyingFolder: @unchecked Sendable {
    let simulation: Simulation
    let server = Server()
    var lies = Lies.none
    /// Since when a host is shown nothing older: its own last change of a folder, and what it was shown last.
    private var floors: [String: Double] = [:]

    init(simulation: Simulation) { self.simulation = simulation }

    /// The folder as that process sees it.
    func seen(by process: SimulatedProcess) -> any SharedFolder { FolderView(folder: self, process: process) }

    /// Lets others go on, blocks while the server is away, and draws what becomes of the call.
    func fate(_ process: SimulatedProcess) -> Fate {
        simulation.turn(process)
        guard !process.isDead else { return .failed(EIO) }
        if simulation.dice.chance(lies.outage) {
            let until = simulation.now + simulation.dice.between(0.5, lies.longestOutage)
            process.host.outage = (until, simulation.dice.chance(0.5))
            simulation.note(process, "server is away", "until \(Int(until))")
        }
        if process.host.outage.until > simulation.now {
            process.lastTrouble = simulation.now
            guard process.host.outage.blocks else { return .failed(EIO) }
            simulation.block(process, until: process.host.outage.until)
            process.lastTrouble = simulation.now
            if process.isDead { return .failed(EIO) }
        }
        let fate = drawn()
        if case .done = fate { return fate }
        process.lastTrouble = simulation.now
        return fate
    }

    private func drawn() -> Fate {
        let code = simulation.dice.one(of: [EIO, EIO, ESTALE, EACCES, ETIMEDOUT])
        if simulation.dice.chance(lies.failure) { return .failed(code) }
        if simulation.dice.chance(lies.lostReply) { return .lost(EIO) }
        if simulation.dice.chance(lies.late) { return .late(EIO, simulation.dice.between(0, 90)) }
        return .done
    }

    /// As of when that host is shown a name of that folder.
    func moment(_ process: SimulatedProcess, _ folder: String) -> Double {
        let key = process.host.name + ":" + folder
        var moment = simulation.now
        if simulation.dice.chance(lies.stale) {
            moment = max(moment - simulation.dice.between(0, lies.staleness), floors[key] ?? 0)
        }
        if !lies.goesBack { floors[key] = moment }
        return moment
    }

    /// A name that a listing has shown to a host is there for it from then on, unless other servers answer too.
    func showed(_ process: SimulatedProcess, _ name: String, asOf time: Double) {
        if !lies.goesBack { floors[process.host.name + ":" + name] = time }
    }

    /// As of when that host finds a name.
    func moment(_ process: SimulatedProcess, ofName name: String) -> Double {
        max(moment(process, Server.folder(of: name)), floors[process.host.name + ":" + name] ?? 0)
    }

    /// A host sees what it did itself.
    func changed(_ process: SimulatedProcess, _ name: String) {
        floors[process.host.name + ":" + Server.folder(of: name)] = simulation.now
    }
}
