import Domain
import Ports

extension World {
    /// A name that is written once is given once, and numbers never restart.
    func checkName(_ name: String, _ file: Server.File, _ before: Int) {
        let parts = name.drop { $0 != "/" }.dropFirst().split(separator: ".")
        guard let kind = parts.first, parts.count > 1 else { return }
        let number = UInt64(parts[1])
        if kind == "record", let number {
            highest = max(highest, number)
            if before > 0 { simulation.problem("record.\(number) was published twice") }
            records.append((number, file.bytes, simulation.now))
        }
        // A right to what is there already is none: its holder looks again, and gives it back.
        let isOfUse = kind == "spent" || ["lease", "end"].contains(kind) && (number ?? 0) > highest
        if before > 0, isOfUse { simulation.problem("\(parts.joined(separator: ".")) was given a second time") }
    }

    /// Whether that record holds these tokens; where none does, they were read from the other tool's file.
    func isRecord(_ stored: StoredTokens) -> Bool {
        guard let bytes = PlainCoding().encode(stored.tokens) else { return false }
        return records.contains { $0.number == stored.generation && $0.bytes.holds(bytes) }
    }

    /// When these tokens were first published; nil where they never were.
    func publication(of tokens: TokenSet) -> Double? {
        PlainCoding().encode(tokens).flatMap { bytes in records.first { $0.bytes.holds(bytes) }?.time }
    }

    /// What a read gave is something that somebody made, and the same to everybody.
    func checkRead(_ stored: StoredTokens, by process: SimulatedProcess, began: Double) {
        guard !process.isDead else { return }
        guard let origin = origins[stored.tokens] else {
            simulation.problem("\(process.name) read tokens that nobody made")
            return
        }
        if isRecord(stored) {
            if let other = generations[stored.generation], other != stored.tokens {
                simulation.problem("generation \(stored.generation) was published twice")
            }
            generations[stored.generation] = stored.tokens
        }
        checkNotRemoved(origin, process, began)
    }

    /// A removal is not undone, once it had time to be seen.
    func checkNotRemoved(_ origin: Origin, _ process: SimulatedProcess, _ began: Double) {
        guard plan.goTool == 0, origin.session >= 0 else { return }
        let signedIn = signedInAt[origin.session]
        for removal in removals where removal.ended + plan.lies.staleness < began && signedIn < removal.began {
            simulation.problem(
                "\(process.name) read tokens of session \(origin.session), removed at \(Int(removal.ended))")
        }
    }

    /// Nobody is told to sign in behind live tokens that had time to be seen.
    func checkNeed(_ process: SimulatedProcess, _ began: Double, _ isEnough: (TokenSet) -> Bool) {
        let newest = records.filter { $0.time < began }.max { $0.number < $1.number }
        guard !process.isDead, let newest, newest.time + plan.lies.staleness < began else { return }
        for tokens in origins.keys where isEnough(tokens) {
            guard let bytes = PlainCoding().encode(tokens), newest.bytes.holds(bytes) else { continue }
            simulation.problem("\(process.name) was told to sign in behind record.\(newest.number)")
        }
    }

    /// A refresh token is sent only while the right lasts.
    func checkRight(_ process: SimulatedProcess) {
        let times = ProductionTimes.standard
        guard !process.isDead, simulation.now + times.request > process.lastProof + times.right + 0.01 else { return }
        simulation.problem(
            "\(process.name) sends \(Int(simulation.now - process.lastProof)) s after it last showed that it is alive")
    }

    func checkEnd() {
        if finalSuccesses < hosts.count {
            simulation.problem("only \(finalSuccesses) of \(hosts.count) hosts could go on")
        }
        let unended = simulation.processes.filter { !$0.isDead && !$0.isOver }
        if !unended.isEmpty { simulation.problem("\(unended.map(\.name)) never ended") }
        guard plan.isPlain else { return }
        // Nothing failed, nobody died: one sign-in, and one refresh an expiry.
        let needed = 1 + removalAttempts + provider.endedSessions
        if provider.signIns > needed { simulation.problem("\(provider.signIns) sign-ins where \(needed) were needed") }
        if provider.reuses > 0 { simulation.problem("the provider saw a token twice") }
        guard plan.hasTrueClocks, plan.flushes == false else { return }
        let expiries = Int(simulation.now / Double(plan.life - 11)) + 1
        if provider.exchanges > expiries { simulation.problem("\(provider.exchanges) refreshes in \(expiries) lives") }
    }
}

extension [UInt8] {
    /// Whether these bytes are among them.
    func holds(_ part: [UInt8]) -> Bool {
        guard let first = part.first, part.count <= count else { return false }
        return indices.dropLast(part.count - 1).contains { start in
            self[start] == first && self[start..<(start + part.count)].elementsEqual(part)
        }
    }
}
