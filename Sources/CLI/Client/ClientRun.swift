import Application
import ClientComposition
import CommandLineBasics
import Dispatch
import Locking
import Ports

/// A command under way: it does its work, prints the answer or the one line that says what went wrong, and has an exit code.
struct ClientRun {
    let name: String
    let composition: ClientComposition

    /// Runs the work to its end, and gives the exit code; or becomes the program that the answer names.
    func toEnd(_ perform: @escaping @Sendable (ClientComposition) async throws -> Answer) -> Int32 {
        let composition = composition
        return toEnd(
            waiting {
                do {
                    return .success(try await perform(composition))
                } catch {
                    return .failure(Failure(error))
                }
            })
    }

    /// Gives the answer of work that needed no waiting.
    func toEnd(_ answer: Answer) -> Int32 { toEnd(.success(answer)) }

    private func toEnd(_ outcome: Result<Answer, Failure>) -> Int32 {
        switch outcome {
        case .success(let answer):
            if let successor = answer.successor { return become(successor) }
            let isPrinted = answer.text.isEmpty || Output.print(answer.text)
            if let shortcoming = answer.shortcoming { Output.complain("aws-oidc \(name): \(shortcoming)") }
            return finished(isPrinted && answer.shortcoming == nil ? answer.code : 1)
        case .failure(let failure):
            return fail(failure)
        }
    }

    /// Only comes back where it could not.
    private func become(_ successor: ProgramCall) -> Int32 {
        _ = finished(0)
        StandardStreams.restore()
        do throws(ProgramReplacementError) {
            try composition.program.replace(with: successor)
        } catch {
            return fail(Failure(error))
        }
    }

    private func fail(_ failure: Failure) -> Int32 {
        composition.log.write(.error, "failed", ["command": name, "reason": failure.sentence])
        Output.complain("aws-oidc \(name) failed: \(failure.sentence)")
        return finished(failure.code)
    }

    private func finished(_ code: Int32) -> Int32 {
        composition.finish(hasFailed: code != 0)
        return code
    }

    /// Runs asynchronous work to its end; the main thread has nothing else to do.
    private func waiting<Value: Sendable>(for work: @escaping @Sendable () async -> Value) -> Value {
        let done = DispatchSemaphore(value: 0)
        let result = Guarded<Value?>(nil)
        Task {
            let value = await work()
            result.with { $0 = value }
            done.signal()
        }
        while true {
            done.wait()
            if let value = result.with({ $0 }) { return value }
        }
    }
}

/// What a command has to say.
struct Answer: Sendable {
    /// What standard output gets.
    let text: String
    /// Why it is no success all the same; nil where it is one.
    var shortcoming: String?
    /// The exit code of a success.
    var code: Int32 = 0
    /// The program that takes this one's place.
    var successor: ProgramCall?

    init(_ text: String, shortcoming: String? = nil, code: Int32 = 0) {
        self.text = text
        self.shortcoming = shortcoming
        self.code = code
    }

    init(becoming successor: ProgramCall) {
        text = ""
        self.successor = successor
    }
}

/// A failure as a person sees it.
private struct Failure: Error {
    let sentence: String
    let code: Int32

    init(_ error: any Error) {
        sentence = "\(error)".split(separator: "\n").joined(separator: " ")
        code =
            switch error {
            // What a shell makes of a program that Ctrl-C ended.
            case let error as SignInProblem where error.isInterrupt: 130
            case CredentialsProblem.signIn(let error) where error.isInterrupt: 130
            case ConfigureProblem.signIn(let error) where error.isInterrupt: 130
            case ConfigureProblem.interrupted: 130
            case let error as ProgramReplacementError: error.exitCode
            default: 1
            }
    }
}
