import Domain
import Files
import Locking
import Ports
import RoleMapYAML

/// The file that says which clients a group of the id_token stands for, read again when it has changed.
///
/// Where it can't be read any more, what it said last stays.
final class GroupsFile: Sendable {
    private struct State: Sendable {
        var text: String?
        var clients: [String: Set<ClientID>] = [:]
        var nextLook: Double = 0
    }

    private let path: String
    private let time: any TimeSource
    private let state = Guarded(State())

    init(path: String, time: any TimeSource) {
        self.path = path
        self.time = time
    }

    /// What is wrong with it now; nil where nothing is.
    var problem: String? {
        guard let text = TextFile.text(path) else { return "--groups-file \(path) can't be read, or is no text." }
        do throws(InvalidGroupsDocument) {
            _ = try GroupsDocument.parse(text)
            return nil
        } catch {
            return "--groups-file \(path) can't be used: \(error.reason)."
        }
    }

    /// The clients of each group; the file is looked at once in two seconds at most.
    func clients() -> [String: Set<ClientID>] {
        let now = time.uptime()
        return state.with { state in
            guard now >= state.nextLook else { return state.clients }
            state.nextLook = now + 2
            if let text = TextFile.text(path), text != state.text {
                state.text = text
                if let clients = try? GroupsDocument.parse(text) { state.clients = clients }
            }
            return state.clients
        }
    }
}
