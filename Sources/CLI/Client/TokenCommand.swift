import Application
import ArgumentParser
import ClientComposition
import Domain
import Ports

/// `aws-oidc token`: the tokens themselves.
struct TokenCommand: ClientSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Print the OpenID Connect tokens as one line of JSON.")

    @OptionGroup var provider: ProviderOptions
    @OptionGroup var common: CommonOptions

    func perform(_ composition: ClientComposition) async throws -> Answer {
        let tokens = try await composition.obtainTokens(try provider.key())(
            .allTokens, .attended(composition.attendance(isPerson: false)))
        return Answer(TokenOutput(tokens).text.revealed)
    }
}

/// `aws-oidc login`: the sign-in, now, so that nothing asks for it later.
struct Login: ClientSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Sign in now, unless you are signed in.")

    @OptionGroup var provider: ProviderOptions
    @OptionGroup var common: CommonOptions

    func perform(_ composition: ClientComposition) async throws -> Answer {
        let tokens = try await composition.obtainTokens(try provider.key())(
            .allTokens, .attended(composition.attendance(isPerson: true)))
        let person = tokens.claims.email ?? tokens.claims.preferredUsername ?? tokens.claims.subject ?? ""
        composition.notices.tell(
            "Signed in to \(provider.issuerURL) as \(PrintableText.line(person)).")
        return Answer("")
    }
}
