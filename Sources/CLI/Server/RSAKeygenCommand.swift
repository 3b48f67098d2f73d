import ArgumentParser

/// `aws-oidc rsa-keygen`: makes the key by which the config service proves to Okta who it is.
struct RSAKeygenCommand: ServerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "rsa-keygen", abstract: "Makes a private key, and prints its public half for the provider.")

    func perform() async throws -> Int32 {
        Output.complain("aws-oidc rsa-keygen failed: it is not part of this version yet.")
        return 1
    }
}
