import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The listener's thread: every socket in one `poll`, so that nobody waits for a silent one.
final class LoopbackLoop {
    private let port: UInt16
    private let limits: LoopbackLimits
    private let exchange: RedirectExchange
    private var listeners: [Descriptor]
    /// Oldest first.
    private var connections: [LoopbackConnection] = []
    /// The query that was taken; who brings it again (a reloaded page) gets the page too.
    private var taken: String?
    /// When to accept again after the process ran out of descriptors.
    private var acceptsAgain = 0.0

    init(port: UInt16, listeners: [Descriptor], limits: LoopbackLimits, exchange: RedirectExchange) {
        self.port = port
        self.listeners = listeners
        self.limits = limits
        self.exchange = exchange
    }

    /// Serves until the exchange ends.
    func run() {
        var ending = exchange.ending()
        while !ending.isEnding {
            let now = MonotonicClock.now()
            let wait = exchange.currentWait(now: now)
            judge(for: wait, now: now)
            poll(until: wait?.deadline, now: now)
            ending = exchange.ending()
        }
        finish(ending.page)
        exchange.ended()
    }

    /// Sends the page to those who wait for it, for at most 2 s, and closes everything.
    private func finish(_ page: RedirectPage?) {
        listeners = []
        connections.removeAll { $0.stage != .waiting }
        if let page {
            let now = MonotonicClock.now()
            for connection in connections { connection.answer(RedirectResponse(page), now: now) }
            connections.removeAll { $0.stage != .writing }
            let deadline = now + min(2, limits.seconds)
            while !connections.isEmpty, MonotonicClock.now() < deadline {
                poll(until: deadline, now: MonotonicClock.now())
                connections.removeAll { $0.stage != .writing }
            }
        }
        connections = []
    }

    /// Has every request looked at that has not been; without a judge they wait for one.
    private func judge(for wait: RedirectWait?, now: Double) {
        for connection in connections {
            guard case .asked(let query) = connection.stage else { continue }
            if let taken {
                if query == taken {
                    connection.keepWaiting()
                } else {
                    connection.answer(
                        RedirectResponse(.ignored(reason: "another answer came before this one")), now: now)
                }
                continue
            }
            guard let wait else { continue }
            switch wait.judge(query) {
            case .ignore(let reason):
                connection.answer(RedirectResponse(.ignored(reason: reason)), now: now)
            case .take:
                taken = query
                connection.keepWaiting()
                exchange.take(query, for: wait)
            }
        }
    }

    /// Waits until something can be done or is over, and does it.
    private func poll(until deadline: Double?, now: Double) {
        let isFull = connections.count >= limits.connections && !connections.contains { $0.isDispensable }
        let accepting = now >= acceptsAgain && !isFull ? listeners : []
        var entries = ([exchange.wakes] + accepting).map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
        let polled = connections
        entries += polled.map { pollfd(fd: $0.socket.number, events: Int16($0.events), revents: 0) }

        var times = polled.compactMap(\.deadline) + [deadline].compactMap { $0 }
        if acceptsAgain > now { times.append(acceptsAgain) }
        // At most a minute, so that no deadline is too far for the C library's milliseconds.
        let seconds = min(60, max(0, (times.min() ?? .infinity) - now))
        #if canImport(Glibc)
            let count = Glibc.poll(&entries, nfds_t(entries.count), Int32((seconds * 1000).rounded(.up)))
        #else
            let count = Darwin.poll(&entries, nfds_t(entries.count), Int32((seconds * 1000).rounded(.up)))
        #endif

        let later = MonotonicClock.now()
        if count > 0 {
            if entries[0].revents != 0 { exchange.clearWakes() }
            for (connection, entry) in zip(polled, entries.dropFirst(1 + accepting.count)) where entry.revents != 0 {
                connection.handle(Int32(entry.revents), now: later)
            }
            for (listener, entry) in zip(accepting, entries.dropFirst()) where entry.revents != 0 {
                accept(from: listener, now: later)
            }
        }
        for connection in connections { connection.expire(now: later) }
        connections.removeAll { $0.stage == .over }
    }

    private func accept(from listener: Descriptor, now: Double) {
        // A burst at most, so that whoever floods one listener does not keep the others waiting.
        for _ in 0..<limits.connections {
            connections.removeAll { $0.stage == .over }
            if connections.count >= limits.connections {
                guard let oldest = connections.firstIndex(where: \.isDispensable) else { return }
                connections.remove(at: oldest)
            }
            do {
                let socket = try LoopbackSocket.accepted(from: listener)
                connections.append(LoopbackConnection(socket, port: port, limits: limits, now: now))
            } catch {
                if [EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(error.code) { acceptsAgain = now + 0.1 }
                return
            }
        }
    }
}
