import Application
import ArgumentParser
import ClientComposition
import Domain
import Ports

/// `aws-oidc token`: the tokens themselves.
struct TokenCommand: ClientSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Print the OpenID Connect tokens as one line of JSON.",
        discussion: """
            Examples:

              aws-oidc token --issuer-url https://login.example.com --client-id 0oa123 |
                jq -r .id_token
            """)

    @OptionGroup var provider: ProviderOptions
    @OptionGroup var common: CommonOptions

    func perform(_ composition: ClientComposition) async throws -> Answer {
        if let recursion = composition.recursion { throw recursion }
        let key = try provider.key()
        let attendance = composition.attendance(isPerson: false)
        try await composition.flushIfAsked(key, attendance)
        let tokens = try await composition.obtainTokens(key)(.allTokens, .attended(attendance))
        return Answer(TokenOutput(tokens).text.revealed)
    }
}
