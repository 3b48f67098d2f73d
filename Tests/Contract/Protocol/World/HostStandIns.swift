import Domain
import Ports

/// The clocks of a simulated host, as one of its processes reads them.
struct VirtualTime: TimeSource {
    let process: SimulatedProcess

    /// When the world began, for wall clocks.
    static let start: Int64 = 1_700_000_000

    func now() -> Timestamp {
        Timestamp(seconds: Self.start + Int64(process.simulation.now) + process.host.wallOffset)
    }

    func uptime() -> Double {
        // For a dead process all time is over, so that its code ends.
        if process.isDead { process.lateUptime += 1_000 }
        return process.simulation.now - process.host.bootedAt + process.lateUptime
    }

    func sleep(seconds: Double) async { await process.simulation.sleep(process, seconds) }
}

/// The small files of a simulated host.
struct VirtualNotes: HostNotes {
    let process: SimulatedProcess

    func note(_ name: String) -> [UInt8]? { process.isDead ? nil : process.host.notes[name] }

    func write(_ bytes: [UInt8], to name: String) {
        process.simulation.turn(process)
        if !process.isDead { process.host.notes[name] = bytes }
    }

    func queue(_ name: String) -> (any ProductionRight)? { VirtualQueue(process: process, name: name) }
}

/// A queue of a simulated host: released by its process's death.
private struct VirtualQueue: ProductionRight {
    let process: SimulatedProcess
    let name: String

    func take() throws(TokenStoreError) -> ProductionRightOutcome {
        process.simulation.turn(process)
        guard !process.isDead, process.host.queues[name] == nil else { return .busy(nil) }
        process.host.queues[name] = process
        return .held(Place(process: process, name: name))
    }

    private struct Place: HeldRight {
        let process: SimulatedProcess
        let name: String

        func note(_ purpose: ProductionPurpose, since: Timestamp) {}

        func end() {
            if process.host.queues[name] === process { process.host.queues[name] = nil }
        }
    }
}

/// Which simulated processes run.
struct VirtualCensus: ProcessCensus {
    let process: SimulatedProcess

    var current: ProcessStamp { process.stamp }

    func hasEnded(_ stamp: ProcessStamp) -> Bool {
        guard stamp.bootID == process.host.bootID, stamp.pidNamespace == process.stamp.pidNamespace else {
            return false
        }
        return !process.simulation.processes.contains { $0.stamp == stamp && !$0.isDead && !$0.isOver }
    }
}

/// Bytes from the dice.
struct VirtualRandom: RandomSource {
    let process: SimulatedProcess

    func randomBytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: process.simulation.dice.next()) }
    }
}

/// Notices that nobody reads.
struct Unheard: Notices {
    let process: SimulatedProcess

    func tell(_ line: String) { process.simulation.note(process, "tells", line) }
    func warn(_ line: String) { process.simulation.note(process, "warns", line) }
}

/// Tokens as text: what is cut or mixed does not decode.
struct PlainCoding: TokenCoding {
    func encode(_ tokens: TokenSet) -> [UInt8]? {
        let members = [
            "tokens", tokens.accessToken.revealed, "\(tokens.accessTokenExpiry.seconds)", tokens.idToken.revealed,
            tokens.refreshToken?.revealed ?? "", tokens.refreshGivesIDToken ? "1" : "0", "end",
        ]
        return Array(members.joined(separator: "|").utf8)
    }

    func decode(_ bytes: [UInt8]) -> TokenSet? {
        let members = String(decoding: bytes, as: UTF8.self).split(separator: "|", omittingEmptySubsequences: false)
            .map(String.init)
        guard members.count == 7, members[0] == "tokens", members[6] == "end", let expiry = Int64(members[2])
        else { return nil }
        var tokens = Self.tokens(
            access: members[1], expiry: expiry, idToken: members[3], refresh: members[4].isEmpty ? nil : members[4])
        tokens?.refreshGivesIDToken = members[5] == "1"
        return tokens
    }

    /// Tokens with these members; the id_token is text of the form `name@expiry`.
    static func tokens(access: String, expiry: Int64, idToken: String, refresh: String?) -> TokenSet? {
        guard let at = idToken.lastIndex(of: "@"), let end = Int64(idToken[idToken.index(after: at)...]) else {
            return nil
        }
        var claims = IDTokenClaims()
        claims.expiry = Timestamp(seconds: end)
        return TokenSet(
            accessToken: Secret(access), tokenType: "Bearer", accessTokenExpiry: Timestamp(seconds: expiry),
            expiresIn: nil, idToken: Secret(idToken), claims: claims, refreshToken: refresh.map { Secret($0) },
            refreshTokenExpiry: nil)
    }
}
