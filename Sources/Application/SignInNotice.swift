import Domain
import Ports

/// What the person is told while a sign-in waits for them.
struct SignInNotice: Sendable {
    private let key: TokenKey
    private let mayPaste: Bool
    private let isLogin: Bool
    private let seat: Seat

    /// The notice for a sign-in to this issuer.
    ///
    /// - Parameters:
    ///   - mayPaste: whether the address that a browser ended at can be entered here.
    ///   - isLogin: whether this is the command that could, if it had a terminal.
    ///   - seat: where the person sits.
    init(_ key: TokenKey, mayPaste: Bool, isLogin: Bool, seat: Seat) {
        self.key = key
        self.mayPaste = mayPaste
        self.isLogin = isLogin
        self.seat = seat
    }

    /// The lines: what to do, the address alone on its line, and what else helps.
    ///
    /// - Parameter other: the sign-in, where another process has started it.
    func text(_ prompt: SignInPrompt, at uptime: Double, of other: SignInProgress? = nil) -> String {
        let issuer = key.issuer.text
        let begun = other.map {
            "Process \($0.processID) has been signing in to \(issuer) since \($0.startedAt.rfc3339); "
        }
        let beginning = begun.map { $0 + "open its address" } ?? "To sign in to \(issuer), open this address"
        switch prompt.way {
        case .browser(let redirectURI, let problem):
            guard let reason = seat.headlessness ?? problem else {
                let how = begun.map { $0 + "its browser is open. If none is, open its address" }
                return (how ?? "Sign in to \(issuer) in the browser that opens. If none does, open this address")
                    + " on this machine:\n\(prompt.address)"
            }
            // What keeps the other process from a browser need not keep this one from it.
            let told = other == nil ? reason : seat.headlessness
            return "\(beginning) in any browser\(told.map { " (\($0))" } ?? ""):\n\(prompt.address)\n"
                + elsewhere(redirectURI)
        case .device(let userCode, let deadline):
            return "\(beginning) on any machine and enter the code \(userCode) "
                + "(good for \(GoDuration.text(seconds: Int64(max(0, deadline - uptime))))):\n\(prompt.address)"
        }
    }

    /// What a browser on another machine needs.
    private func elsewhere(_ redirectURI: String) -> String {
        let port = redirectURI.split(separator: ":").last ?? ""
        let forward =
            seat.isAway
            ? "forward the port that it comes back to (ssh -L \(port):localhost:\(port) to this host); or " : ""
        let other =
            mayPaste
            ? "sign in, copy the address that the browser ends at (\(redirectURI)/?…, a page that can't be shown), paste "
                + "it here and press Enter"
            : (isLogin ? "run this on a terminal, where it takes" : "run aws-oidc login, which takes")
                + " the address that the browser ends at"
        return "If that browser is on another machine, \(forward)\(other)."
    }
}
