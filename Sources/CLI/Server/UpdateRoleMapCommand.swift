import ArgumentParser

/// `aws-oidc update-rolemap`: scans the organizations once, and writes the role map.
struct UpdateRoleMapCommand: ServerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "update-rolemap", abstract: "Scans the organizations once, and writes the role map.")

    func perform() async throws -> Int32 {
        Output.complain("aws-oidc update-rolemap failed: it is not part of this version yet.")
        return 1
    }
}
