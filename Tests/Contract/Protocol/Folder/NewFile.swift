import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file under a temporary name in the lying folder.
///
/// `@unchecked Sendable`: touched only by whoever has the baton of its simulation.
struct NewFile: UnnamedFile, @unchecked Sendable {
    let view: FolderView
    let name: String
    let file: Server.File

    private var simulation: Simulation { view.folder.simulation }
    private var process: SimulatedProcess { view.process }

    func fill(_ bytes: [UInt8]) throws(SharedFolderFailure) {
        let began = simulation.now
        switch view.folder.fate(process) {
        case .done:
            file.isOpen = true
            file.bytes = bytes
            simulation.note(process, "fill", name, "\(bytes.count) bytes")
            simulation.turn(process)
            // A writer that dies leaves what it has written.
            if process.isDead, simulation.dice.chance(0.5) { file.bytes = Array(bytes.prefix(bytes.count / 2)) }
            file.isOpen = false
            file.closed = file.bytes
        case .failed(let code), .lost(let code), .late(let code, _):
            file.bytes = Array(bytes.prefix(bytes.count / 2))
            file.closed = file.bytes
            throw view.failure(name, code)
        }
        if process.isDead { throw view.failure(name, EIO) }
        if name.contains("beat") { process.lastProof = began }
    }

    func link(to target: String) throws(SharedFolderFailure) -> LinkOutcome {
        let began = simulation.now
        let fate = view.folder.fate(process)
        var outcome = LinkOutcome.made
        switch fate {
        case .done: outcome = attempt(target)
        case .failed(let code):
            simulation.note(process, "link", target, "not done")
            // The file's link count says so.
            throw view.failure(target, code)
        case .lost(let code):
            outcome = attempt(target)
            if simulation.dice.chance(view.folder.lies.noLinkCount) || outcome != .made {
                simulation.note(process, "link", target, "\(outcome), but")
                throw view.failure(target, code)
            }
        case .late(let code, let seconds):
            simulation.note(process, "link", target, "later")
            simulation.after(seconds) { simulation.note(process, "link", target, "late: \(attempt(target))") }
            throw view.failure(target, code)
        }
        simulation.note(process, "link", target, "\(outcome)")
        if outcome == .made {
            view.folder.changed(process, target)
            if target.contains("lease") { process.lastProof = began }
        }
        simulation.turn(process)
        if process.isDead { throw view.failure(target, EIO) }
        return outcome
    }

    /// What the server does, at once and once.
    private func attempt(_ target: String) -> LinkOutcome {
        let server = view.folder.server
        guard file.links > 0 else { return .gone }
        if let other = server.file(target) { return other === file ? .made : .exists }
        server.set(target, file, at: simulation.now)
        return .made
    }

    func discard() {
        try? view.change("discard", name) {
            if view.folder.server.file(name) === file { view.folder.server.set(name, nil, at: simulation.now) }
        }
    }
}
