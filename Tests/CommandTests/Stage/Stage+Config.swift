import Foundation
import StandIns
import Testing

extension Stage {
    /// AWS's config file of this home.
    var configPath: String { home + "/.aws/config" }

    /// What stands in it; empty where there is none.
    var config: String { text("home/.aws/config") }

    /// What lies beside it.
    var configFolder: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: home + "/.aws")) ?? []).sorted()
    }

    /// A profile as the service answers it, of this stage's provider.
    func granted(
        _ accountID: String, _ name: String, _ role: String, client: String = Stage.clientID, alias: String = ""
    ) -> JSONValue {
        StandInConfigService.profile(
            accountID, name, role: role, issuer: provider.issuer, client: client, alias: alias)
    }

    /// The section that a role gets.
    func section(_ name: String, _ accountID: String, _ role: String, region: String = "us-west-2") -> String {
        """
        [profile \(name)]
        output = json
        credential_process = aws-oidc creds-process --issuer-url=\(provider.issuer) --client-id=\(Stage.clientID) \
        --aws-role-arn=arn:aws:iam::\(accountID):role/\(role)
        region = \(region)

        """
    }

    /// The command with the three addresses.
    func configure(_ service: StandInConfigService, _ more: String...) -> [String] {
        ["configure"] + provided + ["--config-url=\(service.endpoint)"] + more
    }
}

/// Plays a test on a stage with a config service that answers these profiles, somebody signed in.
func withConfigService(
    _ profiles: (Stage) -> [JSONValue], isolation: isolated (any Actor)? = #isolation,
    _ play: (Stage, StandInConfigService) async throws -> Void
) async throws {
    try await onStage { stage in
        let service = try await StandInConfigService.start()
        service.change { $0.answer = ["profiles": .array(profiles(stage))] }
        do {
            try await stage.signIn()
            try await play(stage, service)
        } catch {
            await service.stop()
            throw error
        }
        await service.stop()
    }
}
