import Desktop
import Domain
import Host
import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs this very program anew for a sign-in that outlives it.
struct DetachedSignIn: SignInStarter {
    let arguments: [String]
    let environment: [String: String]
    /// Where its log is to be heard; nil where nobody asked for it.
    let voice: SignInVoice?

    func start(for need: TokenNeed) throws(SignInStartError) -> Int32 {
        guard let executable = HostIdentity.executable else {
            throw SignInStartError(
                "this program can't find itself (is /proc mounted?), and so can't start the sign-in.")
        }
        do {
            let arguments = arguments + Self.flags(need)
            guard let voice else {
                return try ProcessStarter().startDetached(
                    executable: executable, arguments: arguments, environment: environment)
            }
            voice.begins()
            return try ProcessStarter().startHeard(
                executable: executable, arguments: arguments, environment: environment, hears: voice.hear)
        } catch {
            voice?.hear(nil)
            throw SignInStartError("\(error)")
        }
    }

    private static func flags(_ need: TokenNeed) -> [String] {
        (need.includesAccessToken ? ["--all-tokens"] : [])
            + (need.refusedIDToken.map { ["--other-than=\($0)"] } ?? [])
            + (need.refusedSignIn.map { ["--after=\($0)"] } ?? [])
    }

    func cancel(_ processID: Int32) {
        if processID > 0 { kill(processID, SIGTERM) }
    }
}
