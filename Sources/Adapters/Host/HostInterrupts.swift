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
    private let before = Guarded<[Int32: sigaction]>([:])

    private init(_ signals: [Int32]) {
        self.signals = signals
    }

    /// Ctrl-C alone: any other death of this process is left as it is.
    package static let keyboard = HostInterrupts([SIGINT])
    /// Whatever asks a process to end.
    package static let termination = HostInterrupts([SIGINT, SIGTERM, SIGHUP])

    package func begin() {
        raised.store(false, ordering: .relaxed)
        for number in signals {
            var found = sigaction()
            // Whoever started this process to go on through the signal, as a shell does in the background, is heard.
            guard sigaction(number, nil, &found) == 0, !found.isIgnoring else { continue }
            before.with { $0[number] = found }
            signal(number) { _ in raised.store(true, ordering: .relaxed) }
        }
    }

    package func wasRaised() -> Bool { raised.load(ordering: .relaxed) }

    package func end() {
        for (number, found) in before.with({ $0 }) {
            var found = found
            sigaction(number, &found, nil)
        }
        before.with { $0 = [:] }
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

/// All that a signal handler may touch: one flag of the process, set without a lock.
private let raised = Atomic(false)
