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
        for (key, composition) in all ? try composition.sessions() : [try session.session(composition)] {
            let report = await composition.logOut(key)()
            for warning in report.warnings { composition.notices.warn("\(key.issuer.text): \(warning)") }
            if let problem = report.unremoved { shortcomings.append("\(problem)") }
            if !report.isEmpty || !all { text += Self.sentence(report, key) }
            end = [end, report.credentialsEnd].compactMap { $0 }.max()
        }
        if text.isEmpty { text = "Nobody is signed in: there was nothing to remove.\n" }
        if let end {
            text +=
                "AWS credentials that were handed out can't be called back: the last of them ends at \(end.rfc3339).\n"
        }
        return Answer(text, shortcoming: shortcomings.isEmpty ? nil : shortcomings.joined(separator: " "))
    }

    private static func sentence(_ report: LogOut.Report, _ key: TokenKey) -> String {
        let place = "\(key.issuer.text) (client \(key.clientID.text))"
        guard report.unremoved == nil else { return "Not all that is cached of \(place) could be removed.\n" }
        guard report.hadTokens else {
            return report.credentialsEnd == nil
                ? "Not signed in to \(place): there was nothing to remove.\n"
                : "Removed the AWS credentials of \(place); nobody was signed in.\n"
        }
        let names = report.revoked.map { $0 == .refreshToken ? "refresh token" : "access token" }
        let revoked = names.isEmpty ? "" : " The provider has revoked the \(names.joined(separator: " and the "))."
        return "Signed out of \(place): its tokens and AWS credentials are removed.\(revoked)\n"
    }
}
