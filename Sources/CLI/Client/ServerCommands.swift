import ArgumentParser

/// The commands of aws-oidc-server, named here for the help and the completions: the front door never brings them to this program.
enum ServerCommands {
    static let all: [any ParsableCommand.Type] = [ServeConfigName.self, UpdateRoleMapName.self, RSAKeygenName.self]

    fileprivate static func refuse(_ name: String) throws -> Never {
        throw ValidationError("\(name) is a command of aws-oidc-server; aws-oidc runs it")
    }
}

private struct ServeConfigName: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-config", abstract: "Serve the config service: who may take which role, where.")

    @Argument(parsing: .captureForPassthrough, help: .hidden)
    var others: [String] = []

    func run() throws { try ServerCommands.refuse("serve-config") }
}

private struct UpdateRoleMapName: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update-rolemap", abstract: "Scan the organizations once, and write the role map.")

    @Argument(parsing: .captureForPassthrough, help: .hidden)
    var others: [String] = []

    func run() throws { try ServerCommands.refuse("update-rolemap") }
}

private struct RSAKeygenName: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rsa-keygen", abstract: "Make the config service's private key, and print its public half.")

    @Argument(parsing: .captureForPassthrough, help: .hidden)
    var others: [String] = []

    func run() throws { try ServerCommands.refuse("rsa-keygen") }
}
