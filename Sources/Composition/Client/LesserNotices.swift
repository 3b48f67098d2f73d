import Application
import Ports

/// The notices of what keeps AWS credentials: where the tokens could not be kept either, a person has been told enough.
struct LesserNotices: Notices {
    let notices: any Notices
    let unstored: UnstoredTokens

    func tell(_ line: String) { notices.tell(line) }

    func warn(_ line: String) {
        if unstored.problem == nil { notices.warn(line) }
    }
}
