import Application
import Dispatch
import Domain
import Locking
import Ports
import StandIns

/// A person who signs in at once, wherever a browser is opened.
struct PromptPerson: Browser {
    func open(_ address: String) throws(BrowserError) {
        DispatchQueue(label: "person").async { _ = try? ScriptedBrowser().visit(address) }
    }
}

/// Runs the sign-in in this very process: it dies with it, and somebody starts the next one.
final class SignInHere: SignInStarter {
    private let processID: Int32
    private let signIn = Guarded<RunSignIn?>(nil)
    private let diary: Diary

    init(processID: Int32, diary: Diary) {
        self.processID = processID
        self.diary = diary
    }

    /// What to run; it needs what needs this.
    func use(_ signIn: RunSignIn) { self.signIn.with { $0 = signIn } }

    func start(for need: TokenNeed) throws(SignInStartError) -> Int32 {
        guard let signIn = signIn.with({ $0 }) else { throw SignInStartError("nothing to start") }
        diary.write("starts a sign-in")
        Task.detached { [diary] in
            do {
                try await signIn(need)
            } catch {
                diary.write("sign-in failed \(error)")
            }
        }
        return processID
    }

    func cancel(_ processID: Int32) {}
}

/// Nobody presses Ctrl-C.
struct NoInterrupts: Interrupts {
    func begin() {}
    func wasRaised() -> Bool { false }
    func end() {}
}

/// Nobody sits at a terminal.
struct NoConsole: SignInConsole {
    func begin(reading: Bool) -> Bool { false }
    func lines() -> [String] { [] }
    func show(_ status: String?) {}
    func end() {}
}
