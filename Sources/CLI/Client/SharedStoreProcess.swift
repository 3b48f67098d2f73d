import ArgumentParser
import ClientComposition
import CommandLineBasics

/// `aws-oidc-client shared-store`: the process that makes all file calls on the token store that several hosts share.
///
/// Nobody types it. What it is asked, and what it answers, goes over the socket that is its standard input.
struct SharedStoreProcess: ClientSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "shared-store", abstract: "Look after the shared token cache for another process.",
        shouldDisplay: false)

    static let isDetached = true

    @OptionGroup var common: CommonOptions

    func perform(_ composition: ClientComposition) async throws -> Answer {
        await composition.serveSharedStore(0) { end(with: 1) }
        return Answer("")
    }
}
