import Locking
import Ports

/// Says a warning once in a run, however many parts of it come upon the same trouble.
final class WarningsOnce: Notices {
    private let notices: any Notices
    private let warnings = Guarded(Set<String>())

    init(_ notices: any Notices) { self.notices = notices }

    func tell(_ line: String) { notices.tell(line) }

    func warn(_ line: String) {
        if warnings.with({ $0.insert(line).inserted }) { notices.warn(line) }
    }
}
