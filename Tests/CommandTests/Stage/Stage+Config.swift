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

    /// Three roles in two accounts.
    static func fewRoles(_ stage: Stage) -> [JSONValue] {
        [
            stage.granted("111111111111", "Data Lake", "poweruser"),
            stage.granted("111111111111", "Data Lake", "reader"),
            stage.granted("222222222222", "prod", "reader"),
        ]
    }

    /// The flags that answer all questions.
    static let answers = ["--default-region=eu-west-1", "--default-role-name=reader"]

    /// The command with the three addresses.
    func configure(_ service: StandInConfigService, _ more: String...) -> [String] {
        ["configure"] + provided + ["--config-url=\(service.endpoint)"] + more
    }
}

extension Stage {
    /// The names of the profiles in AWS's config file, in their order.
    var profileNames: [String] {
        config.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("[profile ") }.map {
            String($0.dropFirst(9).dropLast())
        }
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
