import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The shared folder as one process sees it.
struct FolderView: SharedFolder {
    let folder: LyingFolder
    let process: SimulatedProcess

    var path: String { "/shared" }
    private var simulation: Simulation { folder.simulation }
    private var server: Server { folder.server }

    func ensure(_ subfolder: String) throws(SharedFolderFailure) {
        try change("ensure", subfolder) { server.makeFolder(subfolder, at: simulation.now) }
    }

    func names(in subfolder: String) throws(SharedFolderFailure) -> [String] {
        try ask("list", subfolder)
        let moment = folder.moment(process, subfolder)
        guard server.hasFolder(subfolder, at: moment) || subfolder.isEmpty else {
            simulation.note(process, "list", subfolder, "no folder")
            return []
        }
        // A listing is not made in one moment: another name may be newer than the rest.
        let skews = folder.lies.stale > 0
        var names: [String] = []
        for name in server.everyName(in: subfolder) {
            let time = skews && simulation.dice.chance(0.3) ? simulation.now : moment
            if server.file(name, at: time) != nil {
                folder.showed(process, name, asOf: time)
                names.append(subfolder.isEmpty ? name : String(name.dropFirst(subfolder.utf8.count + 1)))
            }
        }
        names.shuffle(using: &simulation.dice)
        if simulation.trace.isKept {
            simulation.note(process, "list", subfolder, names.sorted().joined(separator: " "))
        }
        return names
    }

    func read(_ name: String) throws(SharedFolderFailure) -> [UInt8]? {
        try ask("read", name)
        let now = server.file(name)
        let seen = server.file(name, at: folder.moment(process, ofName: name))
        guard let seen else {
            simulation.note(process, "read", name, now == nil ? "none" : "none (stale)")
            return nil
        }
        guard seen.links > 0 else {
            // Opening looks again, and finds what has the name by now; reading may still come too late.
            if folder.lies.failure > 0, simulation.dice.chance(0.1) { throw failure(name, ESTALE) }
            guard let now, now !== seen else {
                simulation.note(process, "read", name, "gone")
                return nil
            }
            return bytes(of: now, name)
        }
        return bytes(of: seen, name)
    }

    private static func record(_ name: String) -> UInt64? {
        guard let file = name.split(separator: "/").last, file.hasPrefix("record.") else { return nil }
        return UInt64(file.dropFirst("record.".utf8.count))
    }

    /// A file that its writer has closed is whole; one that is being written is anything.
    private func bytes(of file: Server.File, _ name: String) -> [UInt8] {
        if let number = Self.record(name) { process.readRecords.insert(number) }
        guard file.isOpen else {
            simulation.note(process, "read", name, "\(file.bytes.count) bytes")
            return file.closed ?? file.bytes
        }
        let old = file.closed ?? []
        let seen: [[UInt8]] = [old, file.bytes, [], Array(file.bytes.prefix(file.bytes.count / 2))]
        let bytes = simulation.dice.one(of: seen)
        simulation.note(process, "read", name, "\(bytes.count) bytes while it is written")
        return bytes
    }

    func makeFile(_ name: String, room: Int) throws(SharedFolderFailure) -> any UnnamedFile {
        if simulation.dice.chance(folder.lies.full) {
            simulation.turn(process)
            throw failure(name, ENOSPC)
        }
        var made: Server.File?
        var exists = false
        try change("make", name) {
            guard server.hasFolder(Server.folder(of: name)) || Server.folder(of: name).isEmpty else { return }
            guard server.file(name) == nil else { return exists = true }
            let file = Server.File(firstName: name)
            server.set(name, file, at: simulation.now)
            made = file
        }
        guard let made, !exists else { throw failure(name, exists ? EEXIST : ENOENT) }
        return NewFile(view: self, name: name, file: made)
    }

    func overwrite(_ name: String, with bytes: [UInt8]) throws(SharedFolderFailure) {
        let began = simulation.now
        var file: Server.File?
        defer { if let file { close(file) } }
        var isMissing = false
        try change("overwrite", name) {
            guard let found = server.file(name) else { return isMissing = true }
            found.isOpen = true
            found.bytes = bytes
            file = found
            simulation.after(0.005) { close(found) }
        }
        if isMissing { throw failure(name, ENOENT) }
        if !process.isDead, name.contains("beat") { process.lastProof = began }
    }

    private func close(_ file: Server.File) {
        file.isOpen = false
        file.closed = file.bytes
    }

    func rename(_ name: String, to newName: String) throws(SharedFolderFailure) {
        // Neither name, or both, may be seen in between.
        let isBoth = simulation.dice.chance(0.5)
        var file: Server.File?
        try change("rename", "\(name) \(newName)") {
            file = server.file(name)
            guard let file else { return }
            if isBoth {
                server.set(newName, file, at: simulation.now)
            } else {
                server.set(newName, nil, at: simulation.now)
                server.set(name, nil, at: simulation.now)
            }
            simulation.after(0) {
                if isBoth {
                    server.set(name, nil, at: simulation.now)
                } else {
                    server.set(newName, file, at: simulation.now)
                }
            }
        }
        simulation.turn(process)
        guard file != nil else { throw failure(name, ENOENT) }
        folder.changed(process, newName)
    }

    func remove(_ name: String) throws(SharedFolderFailure) {
        try change("remove", name) {
            if server.file(name) != nil { server.set(name, nil, at: simulation.now) }
        }
        folder.changed(process, name)
    }

    // MARK: What becomes of a call

    func failure(_ name: String, _ code: Int32) -> SharedFolderFailure {
        simulation.note(process, "fails", name, "\(code)")
        return .call(path: "/shared/" + name, code: code, reason: "error \(code)")
    }

    /// A call that changes nothing.
    func ask(_ what: StaticString, _ name: String) throws(SharedFolderFailure) {
        switch folder.fate(process) {
        case .done: return
        case .failed(let code), .lost(let code), .late(let code, _):
            simulation.note(process, what, name, "not done")
            throw failure(name, code)
        }
    }

    /// A call that changes something.
    func change(_ what: StaticString, _ name: String, _ effect: @escaping () -> Void) throws(SharedFolderFailure) {
        switch folder.fate(process) {
        case .done:
            simulation.note(process, what, name)
            effect()
            simulation.turn(process)
        case .failed(let code):
            simulation.note(process, what, name, "not done")
            throw failure(name, code)
        case .lost(let code):
            simulation.note(process, what, name, "done, but")
            effect()
            simulation.turn(process)
            throw failure(name, code)
        case .late(let code, let seconds):
            simulation.note(process, what, name, "later")
            simulation.after(seconds) { [self] in
                simulation.note(process, what, name, "done late")
                effect()
            }
            throw failure(name, code)
        }
    }
}
