import Desktop
import Domain
import Host
import Ports

/// Runs this very program anew, to look after the token store in a home that may hang.
struct SharedStoreServant: Sendable {
    private let arguments: [String]
    private let environment: [String: String]
    private let isHeard: Bool

    init(_ settings: ClientSettings) {
        // Nothing secret: what it is to keep it gets through its standard input.
        var arguments = [
            "shared-store", "--login-timeout=\(GoDuration.text(seconds: Int64(settings.loginTimeout)))",
        ]
        arguments += settings.nodeLocalWords
        if let cache = settings.cacheFlag { arguments.append("--cache=\(cache)") }
        // What it has to log is the same person's to read.
        self.arguments = arguments + settings.verbosityWords
        isHeard = settings.verbosity > 0
        environment = settings.environment
    }

    /// Starts it; gives the descriptor of the socket to it.
    func start(for folder: String) throws(TokenStoreError) -> Int32 {
        guard let executable = HostIdentity.executable else {
            throw .notReadable(path: folder, reason: "this program can't find itself (is /proc mounted?)")
        }
        do {
            return try ProcessStarter().startConnected(
                executable: executable, arguments: arguments, environment: environment, sharesErrors: isHeard)
        } catch {
            throw .notReadable(path: folder, reason: "\(error)")
        }
    }
}
