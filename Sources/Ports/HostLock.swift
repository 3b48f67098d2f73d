/// Lets one process of this host at a time do something that the token store can't keep in order.
package protocol HostLock: Sendable {
    /// Takes the lock of that name and holds it until this process ends, waiting for it as long as that.
    func hold(_ name: String, within seconds: Double) async -> HostLockOutcome
}

/// What came of taking a lock.
package enum HostLockOutcome: Sendable, Hashable {
    /// It is ours; whether somebody else had it before.
    case held(afterWaiting: Bool)
    /// Somebody else has it still.
    case busy
    /// This host has no place for locks.
    case unavailable
}
