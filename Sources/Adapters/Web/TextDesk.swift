import Dispatch
import Locking

/// Has texts written that take a while, one at a time and on a thread of its own.
///
/// So whoever asks for ever-new ones holds up neither event loops nor tasks; and one person can't have many wait.
final class TextDesk: Sendable {
    /// So many texts of one person wait or are written.
    static let mostOfOne = 8
    /// So many of all persons.
    static let most = 256

    private let queue = DispatchQueue(label: "texts")
    private let waiting = Guarded<[String: Int]>([:])

    /// What the work gives, once it is its turn; nil where too much waits already.
    func write<Text: Sendable>(for person: String, _ work: @escaping @Sendable () -> Text) async -> Text? {
        guard enter(person) else { return nil }
        defer { leave(person) }
        return await withCheckedContinuation { written in queue.async { written.resume(returning: work()) } }
    }

    /// How many texts of a person wait or are written.
    func count(of person: String) -> Int { waiting.with { $0[person] ?? 0 } }

    private func enter(_ person: String) -> Bool {
        waiting.with { waiting in
            let own = waiting[person] ?? 0
            guard own < Self.mostOfOne, waiting.values.reduce(0, +) < Self.most else { return false }
            waiting[person] = own + 1
            return true
        }
    }

    private func leave(_ person: String) {
        waiting.with { waiting in
            let own = waiting[person] ?? 0
            waiting[person] = own > 1 ? own - 1 : nil
        }
    }
}
