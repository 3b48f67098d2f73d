import Locking
import Ports
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ctrl-C and polite requests to end (SIGINT, SIGTERM, SIGHUP), as a question that can be asked.
package final class HostInterrupts: Interrupts {
    private let signals: [Int32]
    private let endsLate: Bool
    private let before = Guarded<[Int32: sigaction]>([:])

    private init(_ signals: [Int32], endsLate: Bool) {
        self.signals = signals
        self.endsLate = endsLate
    }

    /// Ctrl-C alone: any other death of this process is left as it is.
    package static let keyboard = HostInterrupts([SIGINT], endsLate: true)
    /// Whatever asks a process to end; one that has done its work has only to say so.
    package static let termination = HostInterrupts([SIGINT, SIGTERM, SIGHUP], endsLate: false)

    package func begin() {
        guard before.with({ $0.isEmpty }) else { return }
        raised.store(0, ordering: .relaxed)
        told.store(false, ordering: .relaxed)
        for number in signals {
            var found = sigaction()
            // Whoever started this process to go on through the signal, as a shell does in the background, is heard.
            guard sigaction(number, nil, &found) == 0, !found.isIgnoring else { continue }
            before.with { $0[number] = found }
            signal(number) { number in raised.store(number, ordering: .relaxed) }
        }
    }

    package func wasRaised() -> Bool {
        guard raised.load(ordering: .relaxed) != 0 else { return false }
        told.store(true, ordering: .relaxed)
        return true
    }

    package func end() {
        let found = before.with { before in
            defer { before = [:] }
            return before
        }
        for (number, action) in found {
            var action = action
            sigaction(number, &action, nil)
        }
        // It came between the last look and this: it is not to be lost.
        let late = raised.load(ordering: .relaxed)
        if endsLate, found[late] != nil, !told.load(ordering: .relaxed) { kill(getpid(), late) }
    }
}

extension sigaction {
    fileprivate var isIgnoring: Bool {
        #if canImport(Glibc)
            let handler = __sigaction_handler.sa_handler
        #else
            let handler = __sigaction_u.__sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}

/// All that a signal handler may touch: one number of the process, set without a lock.
private let raised = Atomic<Int32>(0)
/// Whether somebody has been told of it.
private let told = Atomic(false)
