import Locking
import Ports

/// The notices of a process that nobody hears: kept, so that they can be passed on.
final class RememberingNotices: Notices, Remarks {
    private let warnings = Guarded<[String]>([])

    func tell(_ line: String) {}

    func warn(_ line: String) {
        warnings.with { $0.append(line) }
    }

    func all() -> [String] { warnings.with { $0 } }
}
