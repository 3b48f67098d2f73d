import Files
import Locking

/// What the sign-in's own process logs at `-v`, passed on to standard error.
final class SignInVoice: Sendable {
    private let log: LogFile
    private let speaking = Guarded(0)

    /// For how long its last words are waited for when all is over, in seconds.
    private static let patience = 2.0

    init(_ log: LogFile) {
        self.log = log
    }

    func begins() { speaking.with { $0 += 1 } }

    /// Takes a line, or nil at the end.
    @Sendable func hear(_ line: String?) {
        if let line { log.pass(line) } else { speaking.with { $0 -= 1 } }
    }

    /// Waits until it has ended, or for a moment.
    func end() { speaking.wait(seconds: Self.patience) { $0 <= 0 } }
}
