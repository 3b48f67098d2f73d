import Application
import ArgumentParser
import ClientComposition
import Domain
import Ports

/// The flags that name whose tokens are meant, by themselves or by a profile.
struct SessionOptions: ParsableArguments {
    @Option(name: .customLong("issuer-url"), help: ArgumentHelp("The identity provider's issuer.", valueName: "url"))
    var issuerURL: String?

    @Option(name: .customLong("client-id"), help: ArgumentHelp("The client's id at the provider.", valueName: "id"))
    var clientID: String?

    @Option(
        help: ArgumentHelp("The profile in AWS's config file that names both.", valueName: "name"),
        completion: .profiles)
    var profile: String?

    /// Whether a provider or a profile is named.
    var isGiven: Bool { issuerURL != nil || clientID != nil || profile != nil }

    func validate() throws {
        if profile == nil ? (issuerURL == nil) != (clientID == nil) : issuerURL != nil || clientID != nil {
            throw ValidationError("give both --issuer-url and --client-id, or --profile")
        }
    }

    /// The key that these flags name, and the settings under which its tokens are kept.
    func session(_ composition: ClientComposition) throws -> (key: TokenKey, composition: ClientComposition) {
        if let issuerURL, let clientID {
            return (TokenKey(issuer: try Issuer(issuerURL), clientID: try ClientID(clientID)), composition)
        }
        let profile = try composition.profile(named: profile)
        return (profile.key, profile.composition)
    }
}

/// `aws-oidc login`: the sign-in, now, so that nothing asks for it later.
struct Login: ClientSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Sign in now, unless you are signed in.",
        discussion: """
            Examples:

              aws-oidc login --profile dev
              aws-oidc login --profile dev --min-ttl 8h && sbatch job.sh

            Over SSH or without a display it shows the address to open anywhere, and how the browser comes back: over a \
            forwarded port (--callback-port), or by pasting the address that it ended at.
            """)

    @OptionGroup var session: SessionOptions

    @Option(
        name: .customLong("min-ttl"),
        help: ArgumentHelp(
            "Sign in anew if the session (refresh token or id_token) ends sooner, or nobody knows when; exit 1 if it still does.",
            valueName: "duration"),
        transform: { text in
            guard let seconds = GoDuration.seconds(text), (0..<1_000_000_000).contains(seconds) else {
                throw ValidationError("\"\(text)\" is no length of time such as 8h or 90m")
            }
            return Int64(seconds.rounded(.up))
        })
    var minimumTTL: Int64?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if !session.isGiven { throw ValidationError("give both --issuer-url and --client-id, or --profile") }
    }

    func perform(_ caller: ClientComposition) async throws -> Answer {
        let (key, composition) = try session.session(caller)
        let attendance = composition.attendance(isPerson: true, .read)
        composition.unstored.tellsNobody()
        try await composition.flushIfAsked(key, attendance)
        let obtain = composition.obtainTokens(key)
        let life = SessionLife(refreshToken: composition.checkRefreshToken(key), tokens: composition.checkToken(key))
        let tokens =
            await life.lasts(minimumTTL)
            ? try await obtain(.allTokens, .attended(attendance)) : try await obtain.signInAnew(attendance)
        if let problem = composition.unstored.problem {
            return Self.unkept(problem, key, hasOld: try? composition.checkToken(key)() == .valid)
        }
        tell(tokens, key, composition)
        guard let minimumTTL else { return Answer("") }
        return Answer("", shortcoming: await life.shortcoming(minimumTTL))
    }

    /// The answer where the sign-in was for nothing.
    private static func unkept(_ problem: TokenStoreError, _ key: TokenKey, hasOld: Bool?) -> Answer {
        let consequence =
            hasOld == true
            ? "the tokens from before stay, and the next command uses them" : "the next command signs in again"
        let begin = "signed in to \(key.issuer.text), but nothing could be kept, so that \(consequence): "
        let advice =
            ". \(problem.remedy ?? "Mend that"), or have tokens kept elsewhere, here and in what follows: "
            + "--cache sqlite:PATH (AWS_OIDC_CACHE) or --node-local-cache DIR (AWS_OIDC_NODE_LOCAL_CACHE)."
        return Answer("", shortcoming: begin + (problem.cause.map { $0 + advice } ?? "\(problem)"))
    }

    private func tell(_ tokens: TokenSet, _ key: TokenKey, _ composition: ClientComposition) {
        let person = tokens.claims.email ?? tokens.claims.preferredUsername ?? tokens.claims.subject ?? ""
        composition.notices.tell("Signed in to \(key.issuer.text) as \(PrintableText.line(person)).")
    }
}
