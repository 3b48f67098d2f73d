import Foundation
import StandIns
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("configure where the config file can't be written, or is an odd one")
struct ConfigureFileTests {
    /// Words that run a program without root's right to pass over modes.
    private static let plainly = geteuid() == 0 ? ["/usr/bin/setpriv", "--bounding-set=-all"] : []

    private func isLeft(_ stage: Stage, _ ended: Child.Ended, _ words: String) {
        #expect(ended.code == 1)
        #expect(ended.errorLines.count == 1, "\(ended.errors)")
        #expect(ended.errors.contains("\(stage.configPath) can't be written, and is as it was: "))
        #expect(ended.errors.contains(words), "\(ended.errors)")
        #expect([stage.config, stage.configFolder.joined(separator: " ")] == ["[default]\n", "config"])
    }

    @Test("A file that its owner made read-only stays as it is; so does one in a folder where nothing can be made")
    func readOnly() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            try stage.configure("[default]\n")
            let folder = stage.home + "/.aws"
            for (path, mode, words) in [
                (stage.configPath, 0o444, "Permission denied"),
                (folder, 0o555, "no file can be made in \(folder): Permission denied"),
            ] {
                let before = try FileManager.default.attributesOfItem(atPath: path)
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
                let ended = try await stage.run(stage.configure(service) + Stage.answers, wrapper: Self.plainly)
                isLeft(stage, ended, words)
                try FileManager.default.setAttributes(
                    [.posixPermissions: try #require(before[.posixPermissions])], ofItemAtPath: path)
            }
        }
    }

    @Test("A file that can't be replaced, as a mount's own, stays as it is and costs no backup")
    func mounted() async throws {
        guard Namespace.isAvailable else { return }
        try await withConfigService(Stage.fewRoles) { stage, service in
            try stage.configure("[default]\n")
            let wrapper = Namespace.wrapper("mount --bind '\(stage.configPath)' '\(stage.configPath)'")
            for _ in 0..<2 {
                let ended = try await stage.run(stage.configure(service) + Stage.answers, wrapper: wrapper)
                isLeft(stage, ended, "busy")
            }
        }
    }

    @Test("A device stays a device")
    func device() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            let ended = try await stage.run(
                stage.configure(service) + Stage.answers, with: ["AWS_CONFIG_FILE": "/dev/null"])
            #expect(ended.code == 1)
            #expect(ended.errors.contains("/dev/null can't be written, and is as it was: it is no regular file."))
            let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
            #expect(type == .typeCharacterSpecial)
        }
    }

    @Test("Of a file that is named without its folder the last five backups are kept too")
    func bareName() async throws {
        try await withConfigService(Stage.fewRoles) { stage, service in
            try stage.configure("[default]\n")
            for number in 1...7 {
                let ended = try await stage.run(
                    stage.configure(service, "--all", "--default-region=us-east-\(number)"),
                    with: ["AWS_CONFIG_FILE": "config"], wrapper: ["/usr/bin/env", "-C", stage.home + "/.aws"])
                #expect(ended.code == 0, "\(ended.errors)")
            }
            #expect(stage.configFolder.count == 6)
        }
    }
}
