import Application
import ArgumentParser
import ClientComposition
import Domain
import Ports

/// `aws-oidc logout`: forgets tokens and AWS credentials, and has the provider revoke the tokens.
struct LogoutCommand: ClientSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "Sign out: revoke and remove the cached tokens and AWS credentials.",
        discussion: """
            Examples:

              aws-oidc logout --profile dev
              aws-oidc logout --all

            What is cached here is removed in any case. Exit 1 where something could not be removed, or the provider did \
            not answer, so that the session may live on there.
            """)

    @OptionGroup var session: SessionOptions

    @Flag(help: "Every issuer and client that a profile of the config file or a cached AWS credential names.")
    var all = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if session.isGiven == all {
            throw ValidationError("give --issuer-url and --client-id, or --profile, or --all")
        }
    }

    func perform(_ composition: ClientComposition) async throws -> Answer {
        var text = ""
        var shortcomings: [String] = []
        var end: Timestamp?
        let (sessions, unknown) =
            all ? composition.sessions() : (sessions: [try session.session(composition)], problem: nil)
        let twins = Dictionary(grouping: sessions, by: \.key.text).mapValues { $0.count > 1 }
        for (key, composition) in sessions {
            let report = await composition.logOut(key)()
            let kept = twins[key.text] == true ? ", \(StatusOutput.kept(composition.tokenPlace))" : ""
            let place = "\(key.issuer.text) (client \(key.clientID.text)\(kept))"
            if let problem = report.unremoved {
                shortcomings.append(Self.sentence(report, problem, place))
            } else {
                for warning in report.warnings { composition.notices.warn("\(key.issuer.text): \(warning)") }
                if !report.isEmpty || !all { text += Self.sentence(report, place) }
                if report.endedSignIn { text += "The sign-in to \(place) that was under way is ended.\n" }
                if report.mayLive { shortcomings.append(Self.alive(place)) }
            }
            // Two places of tokens may have one folder of credentials.
            for sentence in report.unremovedCredentials.map({ "\(key.issuer.text): \($0)" })
            where !shortcomings.contains(sentence) { shortcomings.append(sentence) }
            end = [end, report.credentialsEnd].compactMap { $0 }.max()
        }
        if let unknown {
            let begin = "only what cached AWS credentials name is signed out of"
            shortcomings.append("\(begin): \(unknown) Correct that, then run it again.")
        }
        if text.isEmpty, shortcomings.isEmpty {
            text =
                "Nobody is signed in to what a profile or cached AWS credentials name: there was nothing to remove. "
                + "Of another sign-in --issuer-url and --client-id sign out.\n"
        }
        if let end {
            text +=
                "AWS credentials that were handed out can't be called back: the last of them ends at \(end.rfc3339).\n"
        }
        return Answer(text, shortcoming: shortcomings.isEmpty ? nil : shortcomings.joined(separator: " "))
    }

    /// What is left to do where the provider could not be asked to end the session.
    private static func alive(_ place: String) -> String {
        "nothing of \(place) is left here, but the session may live on at the provider: end it there."
    }

    private static func sentence(_ report: LogOut.Report, _ place: String) -> String {
        guard report.hadTokens else {
            if !report.unremovedCredentials.isEmpty { return "" }
            return report.credentialsEnd == nil
                ? "Not signed in to \(place): there was nothing to remove.\n"
                : "Removed the AWS credentials of \(place); nobody was signed in.\n"
        }
        let revoked = revoked(report).map { " The provider has revoked \($0)." } ?? ""
        let credentials = report.unremovedCredentials.isEmpty ? " and AWS credentials" : ""
        return "Signed out of \(place): its tokens\(credentials) are removed.\(revoked)\n"
    }

    /// One sentence on both halves, where the tokens could not be removed.
    private static func sentence(_ report: LogOut.Report, _ problem: TokenStoreError, _ place: String) -> String {
        let unrevoked = report.warnings.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 }.joined(separator: "; ")
        let revoked =
            revoked(report).map { "the provider has revoked \($0)" }
            ?? (report.hadTokens || !unrevoked.isEmpty ? "nothing is revoked" : "there was nothing to revoke")
        let half = unrevoked.isEmpty ? revoked : "\(revoked) (\(unrevoked))"
        let rest = problem.cause.map { "\($0). \(problem.remedy ?? "Mend that"), then run it again." } ?? problem.line()
        return report.revoked.isEmpty
            ? "not signed out of \(place): \(half), and its tokens could not all be removed: \(rest)"
            : "signed out of \(place) by half: \(half), but its tokens could not all be removed: \(rest)"
    }

    /// Which tokens are revoked, in words; nil where none are.
    private static func revoked(_ report: LogOut.Report) -> String? {
        let names = [(RevocableToken.refreshToken, "refresh token"), (.accessToken, "access token")].compactMap {
            kind, name -> String? in
            let count = report.revoked.count { $0 == kind }
            return count == 0 ? nil : count == 1 ? "the \(name)" : "\(count) \(name)s"
        }
        return names.isEmpty ? nil : names.joined(separator: " and ")
    }
}
