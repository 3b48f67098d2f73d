package import Domain
package import Ports

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Sign-ins of this host's processes, in private files of this host.
package struct FileSignInJournal: SignInJournal {
    private let files: HostFiles

    /// The journal in these files.
    package init(files: HostFiles) {
        self.files = files
    }

    package func latest(_ key: TokenKey) -> SignInProgress? {
        guard let bytes = files.read(Self.name("sign-in-", key)),
            let entry = try? JSONDecoder().decode(Entry.self, from: Data(bytes)), entry.key == key.text
        else { return nil }
        return entry.progress
    }

    @discardableResult
    package func write(_ progress: SignInProgress, _ key: TokenKey) -> Bool {
        guard let bytes = try? JSONEncoder().encode(Entry(progress, key)) else { return false }
        return files.replace(Self.name("sign-in-", key), with: Array(bytes)) == nil
    }

    package func pause(_ key: TokenKey) -> SignInPause? {
        guard let bytes = files.read(Self.name("pause-", key)),
            let entry = try? JSONDecoder().decode(PauseEntry.self, from: Data(bytes)), entry.key == key.text
        else { return nil }
        return SignInPause(unanswered: entry.unanswered, last: Timestamp(seconds: entry.last))
    }

    package func setPause(_ pause: SignInPause?, _ key: TokenKey) {
        guard let pause else { return files.remove(Self.name("pause-", key)) }
        let entry = PauseEntry(key: key.text, unanswered: pause.unanswered, last: pause.last.seconds)
        if let bytes = try? JSONEncoder().encode(entry) { files.replace(Self.name("pause-", key), with: Array(bytes)) }
    }

    private static func name(_ prefix: String, _ key: TokenKey) -> String { prefix + FNV1a.hexadecimal(key.text) }

    private struct PauseEntry: Codable {
        var key: String
        var unanswered: Int
        var last: Int64
    }

    private struct Entry: Codable {
        var key: String
        var stage: String
        var text: String?
        var note: String?
        var redirect: String?
        var code: String?
        var codeDeadline: Double?
        var processID: Int32
        var processStart: UInt64
        var startedAt: Int64
        var deadline: Double

        init(_ progress: SignInProgress, _ key: TokenKey) {
            self.key = key.text
            switch progress.stage {
            case .starting: stage = "starting"
            case .waiting(let prompt):
                stage = "waiting"
                text = prompt.address
                switch prompt.way {
                case .browser(let redirectURI, let problem):
                    redirect = redirectURI
                    note = problem
                case .device(let userCode, let deadline):
                    code = userCode
                    codeDeadline = deadline
                }
            case .ended(let problem):
                stage = "ended"
                text = problem
            }
            // 0 is whoever writes: the sign-in's own process is not there yet.
            let process =
                progress.processID == 0
                ? ProcessIdentity.current
                : ProcessIdentity.of(pid: progress.processID) ?? ProcessIdentity(pid: progress.processID, startTime: 0)
            processID = process.pid
            processStart = process.startTime
            startedAt = progress.startedAt.seconds
            deadline = progress.deadline
        }

        private var way: SignInPrompt.Way {
            if let code { return .device(userCode: code, deadline: codeDeadline ?? deadline) }
            return .browser(redirectURI: redirect ?? "", problem: note)
        }

        var progress: SignInProgress? {
            let stage: SignInProgress.Stage
            switch self.stage {
            case "starting": stage = .starting
            case "waiting": stage = .waiting(SignInPrompt(address: text ?? "", way: way))
            case "ended": stage = .ended(problem: text)
            default: return nil
            }
            return SignInProgress(
                stage: stage, processID: processID, startedAt: Timestamp(seconds: startedAt), deadline: deadline,
                isAlive: ProcessIdentity(pid: processID, startTime: processStart).isAlive)
        }
    }
}
