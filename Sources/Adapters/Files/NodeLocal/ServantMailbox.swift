import Dispatch
import Locking

/// What the servant was asked, in order, as its reader hears it, and when it last heard anything: the reader is a thread of its own, so that the end of whoever
/// asks is noticed whatever a file call is doing.
final class ServantMailbox: Sendable {
    private struct State: Sendable {
        var requests: [ServantRequest] = []
        var isOver = false
        var hasFarewell = false
        var lastSign = SuspendingClock.now
        var waiter: CheckedContinuation<ServantRequest?, Never>?
    }

    private let state = Guarded(State())

    /// Reads from that socket until it ends; `atEnd` hears of that.
    func fill(from socket: MessageSocket, atEnd: @escaping @Sendable () -> Void) {
        DispatchQueue(label: "requests").async {
            while let request = try? socket.next(ServantRequest.self, within: -1) {
                self.state.with { $0.lastSign = .now }
                switch request {
                case .alive: continue
                case .farewell: self.state.with { $0.hasFarewell = true }
                default: self.put(request)
                }
            }
            self.put(nil)
            atEnd()
        }
    }

    /// Whether nobody will ask anything more.
    var isOver: Bool { state.with { $0.isOver } }

    /// Whether whoever asked has taken leave; one that is killed does not.
    var hasFarewell: Bool { state.with { $0.hasFarewell } }

    /// For how long nothing was heard, not even that the other side has not been stopped, in seconds.
    var silence: Double { state.with { (SuspendingClock.now - $0.lastSign) / .seconds(1) } }

    /// The next request; nil when there will be none.
    func next() async -> ServantRequest? {
        await withCheckedContinuation { continuation in
            let request: ServantRequest?? = state.with { state in
                if !state.requests.isEmpty { return .some(state.requests.removeFirst()) }
                if state.isOver { return .some(nil) }
                state.waiter = continuation
                return .none
            }
            if let request { continuation.resume(returning: request) }
        }
    }

    /// The same for a caller that can't but block its thread: for answers that come at once.
    func nextAtOnce() -> ServantRequest? {
        state.wait { !$0.requests.isEmpty || $0.isOver }
        return state.with { $0.requests.isEmpty ? nil : $0.requests.removeFirst() }
    }

    private func put(_ request: ServantRequest?) {
        let waiter = state.with { state in
            defer { state.waiter = nil }
            if request == nil { state.isOver = true }
            if state.waiter == nil, let request { state.requests.append(request) }
            return state.waiter
        }
        waiter?.resume(returning: request)
    }
}
