package import Domain
package import Ports

/// Why there are no tokens.
package enum SignInProblem: Error, Sendable {
    /// Nobody is signed in, or not any more, and this process can't ask anybody to.
    case notSignedIn(TokenKey, isOver: Bool)
    /// The last sign-in was not answered, and it is too early for the next one.
    case unanswered(SignInPause, TokenKey)
    /// A sign-in is needed, and this caller wants none.
    case notSilently
    /// The identity provider.
    case provider(IdentityProviderError)
    /// The redirect listener.
    case redirect(RedirectListenerError)
    /// The person, or the provider in their place, said no (RFC 6749 section 4.1.2.1, RFC 8628 section 3.5).
    case denied(error: String, explanation: String?)
    /// Nobody has entered the code of a device sign-in in time.
    case codeNotEntered(seconds: Int)
    /// The provider answered the sign-in without an id_token.
    case noIDToken
    /// A final answer that another process got.
    case verdict(Verdict)
    /// The sign-in that another process runs has failed.
    case elsewhere(String)
    /// The sign-in's process has ended without a word, again and again.
    case lost
    /// A sign-out came before the tokens of a refresh or sign-in were there.
    case signedOut(during: ProductionPurpose)
    /// No process could be started for it.
    case notStarted(SignInStartError)
    /// Ctrl-C.
    case interrupted
    /// Ctrl-C where a sign-in was waited for that another process has begun: that one goes on.
    case stoppedWaiting(processID: Int32)
    /// The token store.
    case store(TokenStoreError)
}

extension SignInProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notSignedIn(let key, let isOver):
            "not signed in to \(key.issuer.text)\(isOver ? " any more, since its refresh token serves no longer" : ""), "
                + "and nobody sits here who could; run \(LoginCommand.text(key))"
        case .unanswered(let pause, let key):
            "the sign-in of \(pause.last.rfc3339) was not answered; run \(LoginCommand.text(key))"
        case .notSilently:
            "a sign-in is needed."
        case .provider(let error): "\(error)"
        case .redirect(let error): "\(error)"
        case .denied(let error, let explanation):
            "the sign-in was refused: \(PrintableText.line(error))"
                + (explanation.map { " (\(PrintableText.line($0)))" } ?? "")
                + ". If it was not you who refused, ask whoever runs the identity provider for access."
        case .codeNotEntered(let seconds):
            "nobody entered the code within \(seconds) s. Run it again, and enter the new code at the address that it shows."
        case .noIDToken:
            "the identity provider gave no id_token, which AWS needs: the client must be allowed the scope openid. Ask whoever runs it."
        case .verdict(let verdict): verdict.passedOn
        case .elsewhere(let sentence): sentence
        case .lost: "the sign-in's own process ended without a word. Run it again with -v, and look at the log file."
        case .signedOut(let purpose):
            purpose == .signIn
                ? "somebody signed out while the sign-in was under way, which is void so. Run it again."
                : "somebody signed out meanwhile: the tokens that were to be refreshed are gone. Run it again."
        case .notStarted(let error): "\(error)"
        case .interrupted: "the sign-in was cancelled."
        case .stoppedWaiting(let processID):
            "it stopped waiting, and the sign-in of process \(processID) goes on. Finish it, or end it by aws-oidc logout."
        case .store(let error): "\(error)"
        }
    }

    /// Whether another process may have succeeded meanwhile where this one did not.
    var mayBeOvertaken: Bool {
        switch self {
        case .provider, .store: true
        default: false
        }
    }

    /// Whether nobody has done their part in time.
    var isUnanswered: Bool {
        switch self {
        case .redirect(.timedOut), .codeNotEntered: true
        default: false
        }
    }

    /// Whether a person ended it by Ctrl-C.
    package var isInterrupt: Bool {
        switch self {
        case .interrupted, .stoppedWaiting: true
        default: false
        }
    }

    /// Whether the provider can't be had now: that is the same for all who wait, and may be over for who comes later.
    package var isOutage: Bool {
        switch self {
        case .provider(.http(.unreachable)), .provider(.outOfOrder): true
        // Sooner it was this process that had no time left.
        case .provider(.http(.timedOut(_, let seconds, _))): seconds >= 5
        default: false
        }
    }

    /// Whether asking again at once would give the same: then those who wait are told it too.
    package var isVerdict: Bool {
        switch self {
        case .denied, .redirect(.timedOut), .codeNotEntered, .provider(.refused("invalid_client", _)),
            .provider(.refused("unauthorized_client", _)), .noIDToken:
            true
        // Just made, and yet not good by this machine's clock: the next one would be no better, and would cost another
        // refresh token.
        case .provider(.rejectedIDToken(let rejection)): rejection.isOfClock
        default: false
        }
    }
}

extension Verdict {
    /// The sentence as it is told to those who did not ask themselves.
    var passedOn: String {
        "as another call was told less than \(Int(TokenRenewal.verdictLife)) s ago, \(description)"
    }
}

/// The command that signs in, as text to copy.
package enum LoginCommand {
    /// The command for this issuer and client.
    package static func text(_ key: TokenKey) -> String {
        "aws-oidc login --issuer-url=\(key.issuer.text) --client-id=\(key.clientID.text)"
    }
}
