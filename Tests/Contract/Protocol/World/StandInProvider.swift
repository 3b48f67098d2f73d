/// An identity provider whose refresh tokens rotate, and which ends a session when one is used twice.
///
/// `@unchecked Sendable`: touched only by whoever has the baton of its simulation.
final class StandInProvider: @unchecked Sendable {
    /// What it answers.
    enum Answer: Error {
        /// New tokens: of which session, and the how manyth.
        case granted(session: Int, number: Int)
        case invalidGrant
        /// Its own error; the refresh token is as good as before.
        case outOfOrder
        /// No answer: what came of it is not known.
        case lost
    }

    /// Its faults, each with its probability a request.
    struct Faults {
        var outOfOrder = 0.0
        var lost = 0.0
        var endsSession = 0.0
    }

    /// A refresh token that was sent.
    final class Sending {
        let token: String
        let process: SimulatedProcess
        let time: Double
        /// Whether it did not count: the provider's own error.
        var isKept = false
        /// Whether what came of it was stored.
        var isStored = false
        let isByGo: Bool

        init(_ token: String, _ process: SimulatedProcess, isByGo: Bool) {
            self.token = token
            self.process = process
            time = process.simulation.now
            self.isByGo = isByGo
        }

        /// Whether its sender was stopped, killed or cut off before it could store what came of it.
        var hasExcuse: Bool { isByGo || !isStored && process.lastTrouble >= time }
    }

    private final class Box { var answer = Answer.lost }

    let simulation: Simulation
    var faults = Faults()
    private(set) var sendings: [String: [Sending]] = [:]
    private(set) var exchanges = 0
    private(set) var reuses = 0
    private(set) var endedSessions = 0
    /// The number of the current refresh token of each session; nil once it has ended.
    private var sessions: [Int?] = []

    init(simulation: Simulation) { self.simulation = simulation }

    var signIns: Int { sessions.count }

    static func token(_ session: Int, _ number: Int) -> String { "r\(session).\(number)" }

    static func parts(_ token: String) -> (session: Int, number: Int)? {
        let parts = token.dropFirst().split(separator: ".").compactMap { Int($0) }
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }

    func signIn() -> Int {
        sessions.append(0)
        return sessions.count - 1
    }

    /// Trades a refresh token; at once on the wire, so that nothing comes between the sender's last check and this.
    func refresh(_ token: String, by process: SimulatedProcess, isByGo: Bool = false) async -> (Answer, Sending) {
        let sending = Sending(token, process, isByGo: isByGo)
        guard !process.isDead else { return (.lost, sending) }
        let before = sendings[token, default: []].filter { !$0.isKept }
        simulation.note(process, "sends", token)
        if before.count >= 2, !isByGo, !before.contains(where: \.isByGo) {
            simulation.problem(
                "\(token) is sent by \(process.name), after " + before.map(\.process.name).joined(separator: ", "))
        }
        if !isByGo, let holder = before.first(where: { !$0.hasExcuse }) {
            simulation.problem(
                "\(token) is sent by \(process.name) although \(holder.process.name) could store what it got")
        }
        sendings[token, default: []].append(sending)
        let box = Box()
        let there = simulation.dice.between(0.02, 0.5)
        let isLost = simulation.dice.chance(faults.lost)
        let isSlow = simulation.dice.chance(0.1)
        let back = isLost ? 15 - there : isSlow ? simulation.dice.between(1, 13) : simulation.dice.between(0.02, 0.5)
        simulation.after(there) { [self] in
            let answer = answered(token, sending)
            simulation.note(nil, "answers", token, "\(answer)")
            if !isLost { box.answer = answer }
        }
        await simulation.sleep(process, there + back)
        return (box.answer, sending)
    }

    private func answered(_ token: String, _ sending: Sending) -> Answer {
        if simulation.dice.chance(faults.outOfOrder) {
            sending.isKept = true
            return .outOfOrder
        }
        guard let (session, number) = Self.parts(token), session < sessions.count, let current = sessions[session]
        else {
            return .invalidGrant
        }
        if simulation.dice.chance(faults.endsSession) {
            sessions[session] = nil
            endedSessions += 1
            return .invalidGrant
        }
        guard number == current else {
            reuses += 1
            sessions[session] = nil
            endedSessions += 1
            return .invalidGrant
        }
        exchanges += 1
        sessions[session] = number + 1
        return .granted(session: session, number: number + 1)
    }
}
