import Application
import ArgumentParser
import ClientComposition
import Domain

/// `aws-oidc-client sign-in`: the process of its own that a sign-in runs in.
///
/// Nobody types it.
struct SignInProcess: ClientSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-in", abstract: "Sign in, in a process of its own.", shouldDisplay: false)

    static let isDetached = true

    @OptionGroup var provider: ProviderOptions
    @OptionGroup var common: CommonOptions

    @Flag(help: "The access token must be live as well.")
    var allTokens = false

    @Option(help: "The mark of an id_token that will not do, live as it seems.")
    var otherThan: String?

    @Option(help: "The mark of a sign-in whose tokens will not do.")
    var after: String?

    func perform(_ composition: ClientComposition) async throws -> Answer {
        try await composition.runSignIn(try provider.key())(
            TokenNeed(includesAccessToken: allTokens, refusedIDToken: otherThan, refusedSignIn: after))
        return Answer("")
    }
}
