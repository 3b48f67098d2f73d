/// Something that can be done next, by whom.
struct Activity {
    let process: SimulatedProcess?
    let kind: Kind

    enum Kind {
        /// Run a job of a task.
        case job(UnownedJob)
        /// Go on in a call.
        case call(Worker)
        /// End a sleep.
        case wake(Sleeper)
        /// Something that happens to the world.
        case event(() -> Void)
    }
}

/// A moment at which something can be done.
struct Alarm {
    let time: Double
    let activity: Activity
}

/// A task that sleeps.
///
/// `@unchecked Sendable`: touched only by whoever has the baton of its simulation.
final class Sleeper: @unchecked Sendable {
    var continuation: CheckedContinuation<Void, Never>?
    var isCancelled = false
}
