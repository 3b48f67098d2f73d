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
            "Sign in anew if the session ends sooner than this, or nobody knows when; exit 1 if it still does then.",
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
        let check = composition.checkRefreshToken(key)
        let tokens =
            await lasts(check)
            ? try await obtain(.allTokens, .attended(attendance)) : try await obtain.signInAnew(attendance)
        if let problem = composition.unstored.problem { return Self.unkept(problem, key) }
        tell(tokens, key, composition)
        guard let minimumTTL else { return Answer("") }
        return Answer("", shortcoming: await shortcoming(check, minimumTTL))
    }

    /// Whether the session that there is lasts as long as is asked for; so does none at all where nothing is.
    private func lasts(_ check: CheckRefreshToken) async -> Bool {
        guard let minimumTTL else { return true }
        guard let left = try? await check() else { return false }
        return left >= minimumTTL
    }

    /// The answer where the sign-in was for nothing.
    private static func unkept(_ problem: TokenStoreError, _ key: TokenKey) -> Answer {
        let begin =
            "signed in to \(key.issuer.text), but nothing could be kept, so that the next command signs in again: "
        let advice =
            ". Make room or make it writable, or have tokens kept elsewhere, here and in what follows: "
            + "--cache sqlite:PATH (AWS_OIDC_CACHE) or --node-local-cache DIR (AWS_OIDC_NODE_LOCAL_CACHE)."
        return Answer("", shortcoming: begin + (problem.cause.map { $0 + advice } ?? "\(problem)"))
    }

    /// Why the session may not last as long as it shall; nil where it does.
    private func shortcoming(_ check: CheckRefreshToken, _ minimum: Int64) async -> String? {
        let wanted = GoDuration.text(seconds: minimum)
        do {
            let left = try await check()
            // A provider whose sessions are just as long as that counts from when it issued the token.
            if left + 5 >= minimum { return nil }
            return "the session lasts \(GoDuration.text(seconds: left)), not the \(wanted) that --min-ttl asks for. "
                + "Ask for less, or have the provider's administrator lengthen its sessions."
        } catch RefreshTokenProblem.none {
            return
                "the session does not last the \(wanted) that --min-ttl asks for: the provider gave no refresh token. "
                + "Have its administrator allow this client the scope offline_access."
        } catch {
            return "whether the session lasts the \(wanted) that --min-ttl asks for is not known: \(error)"
        }
    }

    private func tell(_ tokens: TokenSet, _ key: TokenKey, _ composition: ClientComposition) {
        let person = tokens.claims.email ?? tokens.claims.preferredUsername ?? tokens.claims.subject ?? ""
        composition.notices.tell("Signed in to \(key.issuer.text) as \(PrintableText.line(person)).")
    }
}
