import ArgumentParser

/// The commands of aws-oidc-server, named here for the help and the completions: the front door never brings them to this program.
///
/// Of their flags there are the names, which a shell completes; all else is the server's to tell.
enum ServerCommands {
    static let all: [any ParsableCommand.Type] = [ServeConfigName.self, UpdateRoleMapName.self, RSAKeygenName.self]

    fileprivate static let scanFlags = ["skip-accts", "aws-retries", "concurrency"]
    fileprivate static let mapFlags = ["configmap-name", "configmap-key", "kubernetes-server"]

    fileprivate static func refuse(_ name: String) throws -> Never {
        throw ValidationError("\(name) is a command of aws-oidc-server; aws-oidc runs it")
    }

    fileprivate static func names(_ names: [String]) -> NameSpecification {
        NameSpecification(names.map { .customLong($0) })
    }
}

private struct ServeConfigName: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-config", abstract: "Serve the config service: who may take which role, where.")

    @Option(
        name: ServerCommands.names(
            [
                "web-server-port", "bind", "metrics-port", "max-connections", "drain-timeout", "refresh-interval",
                "directory",
            ] + ServerCommands.scanFlags + ServerCommands.mapFlags),
        help: "See aws-oidc serve-config --help.")
    var values: [String] = []

    @Option(
        name: ServerCommands.names(["tls-cert", "tls-key", "rolemap", "state", "groups-file"]),
        help: "A file: see aws-oidc serve-config --help.", completion: .file())
    var files: [String] = []

    @Flag(name: .shortAndLong, help: "Log more; twice for all.")
    var verbose: Int

    func run() throws { try ServerCommands.refuse("serve-config") }
}

private struct UpdateRoleMapName: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update-rolemap", abstract: "Scan the organizations once, and write the role map.")

    @Option(
        name: ServerCommands.names(ServerCommands.scanFlags + ServerCommands.mapFlags),
        help: "See aws-oidc update-rolemap --help.")
    var values: [String] = []

    @Option(
        name: ServerCommands.names(["out"]), help: "See aws-oidc update-rolemap --help.", completion: .file())
    var files: [String] = []

    func run() throws { try ServerCommands.refuse("update-rolemap") }
}

private struct RSAKeygenName: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rsa-keygen", abstract: "Make the config service's private key, and print its public half.")

    @Option(name: ServerCommands.names(["bits"]), help: "See aws-oidc rsa-keygen --help.")
    var values: [String] = []

    @Option(name: ServerCommands.names(["out"]), help: "See aws-oidc rsa-keygen --help.", completion: .file())
    var files: [String] = []

    @Flag(help: "Write the private key as PKCS#8, not as PKCS#1.")
    var pkcs8 = false

    func run() throws { try ServerCommands.refuse("rsa-keygen") }
}
