import Domain
import Files
import Locking
import Ports
import RoleMapYAML

/// The file that says which clients a group of the id_token stands for, read again when it has changed.
///
/// Where it can't be read any more, is no such file or has no client, what it said last stays, and that is said.
final class GroupsFile: Sendable {
    private struct State: Sendable {
        var text: String?
        var clients: [String: Set<ClientID>] = [:]
        var problem: String?

        mutating func take(_ finding: Result<[String: Set<ClientID>], Problem>) {
            switch finding {
            case .success(let clients): (self.clients, problem) = (clients, nil)
            case .failure(let found): problem = found.sentence
            }
        }
    }

    /// Seconds between two looks.
    private static let interval: Double = 2

    private let path: String
    private let time: any TimeSource
    private let log: any Log
    private let state: Guarded<State>

    /// The file as it is now.
    init(path: String, time: any TimeSource, log: any Log) {
        self.path = path
        self.time = time
        self.log = log
        var first = State()
        first.text = TextFile.text(path)
        first.take(Self.parsed(first.text, path))
        state = Guarded(first)
    }

    /// What is wrong with it; nil where nothing is.
    var problem: String? { state.with { $0.problem } }

    /// The clients of each group, as the file last said.
    var clients: [String: Set<ClientID>] { state.with { $0.clients } }

    /// Looks at the file again and again, until the task is cancelled.
    func follow() async {
        while !Task.isCancelled {
            await time.sleep(seconds: Self.interval)
            look()
        }
    }

    private func look() {
        let text = TextFile.text(path)
        guard text != state.with({ $0.text }) else { return }
        let finding = Self.parsed(text, path)
        let before = state.with { state in
            defer {
                state.text = text
                state.take(finding)
            }
            return state.problem
        }
        switch finding {
        case .success(let clients): log.write(.info, "new groups are in use", ["groups": "\(clients.count)"])
        case .failure(let problem):
            guard problem.sentence != before else { return }
            log.write(.error, "the last good groups stay in use", ["reason": problem.sentence])
        }
    }

    private static func parsed(_ text: String?, _ path: String) -> Result<[String: Set<ClientID>], Problem> {
        guard let text else { return .failure(Problem("--groups-file \(path) can't be read, or is no text.")) }
        do throws(InvalidGroupsDocument) {
            return .success(try GroupsDocument.parse(text))
        } catch {
            return .failure(Problem("--groups-file \(path) can't be used: \(error.reason)."))
        }
    }

    private struct Problem: Error {
        let sentence: String

        init(_ sentence: String) { self.sentence = sentence }
    }
}
