#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One browser (or stranger) on the line; belongs to the listener's thread.
final class LoopbackConnection {
    /// How far it is.
    enum Stage: Equatable {
        /// Its request has not come whole.
        case reading
        /// It asked for `/`, and nobody has judged its query yet.
        case asked(query: String)
        /// It brought the answer, and waits for the page.
        case waiting
        /// It is being answered.
        case writing
        /// It has its answer; what it still sends is thrown away, for closing on unread bytes would take the answer back.
        case draining
        /// Nothing more can be done for it.
        case over
    }

    private(set) var stage = Stage.reading
    /// Whether it will send nothing more; it may still listen.
    private(set) var hasHungUp = false
    /// When it has to be done; nil while it is we who keep it waiting.
    private(set) var deadline: Double?

    let socket: Descriptor
    private let port: UInt16
    private let limits: LoopbackLimits
    private var input: [UInt8] = []
    private var output: ArraySlice<UInt8> = []

    init(_ socket: Descriptor, port: UInt16, limits: LoopbackLimits, now: Double) {
        self.socket = socket
        self.port = port
        self.limits = limits
        deadline = now + limits.seconds
    }

    /// What to wait for.
    var events: Int32 {
        switch stage {
        case .writing: POLLOUT
        case .over: 0
        default: hasHungUp ? 0 : POLLIN
        }
    }

    /// Whether it may be closed when another one needs its place.
    var isDispensable: Bool {
        switch stage {
        case .reading, .draining, .over: true
        case .asked, .waiting: hasHungUp
        case .writing: false
        }
    }

    /// Does what `poll` says can be done.
    func handle(_ seen: Int32, now: Double) {
        if stage == .writing {
            write()
        } else if seen & POLLIN != 0 {
            read(now: now)
        } else if seen & (POLLERR | POLLHUP | POLLNVAL) != 0 {
            stage = .over
        }
    }

    /// Gives up on it where its time is over.
    func expire(now: Double) {
        if let deadline, now >= deadline { stage = .over }
    }

    /// Its query is the one: it waits for the page.
    func keepWaiting() {
        stage = .waiting
        deadline = nil
    }

    /// Sends an answer, as far as the socket takes it now.
    func answer(_ response: RedirectResponse, now: Double) {
        output = response.bytes[...]
        input = []
        stage = .writing
        deadline = now + limits.seconds
        write()
    }

    private func read(now: Double) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(socket.number, &buffer, buffer.count, 0)
        if count < 0 {
            if ![EAGAIN, EWOULDBLOCK, EINTR].contains(errno) { stage = .over }
            return
        }
        if count == 0 {
            hasHungUp = true
            if stage == .reading || stage == .draining { stage = .over }
            return
        }
        guard stage == .reading else { return }
        let seen = input.count
        input += buffer[..<count]
        guard RedirectRequest.isWhole(input, seen: seen, limit: limits.headBytes) else { return }
        switch RedirectRequest(Array(input.prefix(limits.headBytes)), port: port) {
        case .redirect(let query):
            input = []
            stage = .asked(query: query)
            deadline = nil
        case .refused(let refusal):
            answer(RedirectResponse(refusal), now: now)
        }
    }

    private func write() {
        while !output.isEmpty {
            let count = output.withUnsafeBytes { LoopbackSocket.send($0, to: socket) }
            if count < 0 {
                if ![EAGAIN, EWOULDBLOCK, EINTR].contains(errno) { stage = .over }
                return
            }
            output = output.dropFirst(count)
        }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while recv(socket.number, &buffer, buffer.count, 0) > 0 {}
        shutdown(socket.number, Int32(SHUT_WR))
        stage = hasHungUp ? .over : .draining
    }
}
