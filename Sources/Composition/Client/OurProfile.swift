package import Application
package import Domain
import Files
import Ports

/// A profile of AWS's config file that gets its credentials from us.
package struct OurProfile: Sendable {
    /// Its name.
    package let name: String
    /// Its `region`.
    package let region: String?
    /// Its `output`.
    package let output: String?

    private let process: CredentialProcess
    private let roleARN: String
    private let role: RoleARN
    /// Whose tokens it uses.
    package let key: TokenKey
    /// What its command would use: the settings of the profile over ours.
    package let composition: ClientComposition
    private let obtain: ObtainCredentials

    /// Gives credentials of its role, with most of their life before them; those without a duration live as long as its command says, else an hour.
    package func credentials(for duration: SessionDuration?, _ attendance: Attendance) async throws -> AWSCredentials {
        let wanted = try wanted(duration)
        try await composition.flushIfAsked(key, attendance)
        if let credentials = obtain.atHand(wanted) { return credentials }
        for warning in warnings { composition.notices.warn(warning) }
        return try await obtain(wanted, attendance)
    }

    /// The same where they are cached and need no renewal, without any waiting; nil where they are not.
    package func credentialsAtHand(for duration: SessionDuration?) -> AWSCredentials? {
        composition.settings.flushes ? nil : (try? wanted(duration)).flatMap(obtain.atHand)
    }

    private func wanted(_ asked: SessionDuration?) throws(ProfileProblem) -> WantedCredentials {
        // Whoever only signs in or out needs no command that works.
        if let refusal = process.refusal { throw .unusable(name: name, reason: "\(refusal).") }
        let own = asked == nil ? try ownDuration : nil
        let duration = asked ?? own ?? .oneHour
        return WantedCredentials(
            key: composition.credentialsKey(key, roleARN: roleARN, duration), role: role, duration: duration,
            leastLife: CredentialsFreshness.leastLife(asked: duration))
    }

    private var ownDuration: SessionDuration? {
        get throws(ProfileProblem) {
            guard let text = process.sessionDuration else { return nil }
            do throws(InvalidSessionDuration) {
                return try SessionDuration(text)
            } catch {
                throw .unusable(name: name, reason: "\(error)")
            }
        }
    }

    /// What its command asks for and does not get.
    private var warnings: [String] {
        var warnings: [String] = []
        if process.isExpandedByShell, [process.nodeLocalCache, process.cache].contains(where: Self.needsShell) {
            warnings.append(
                "profile \(name) says where to keep tokens in words that only its shell can expand: they are passed over. "
                    + "Write the folder out, or give --node-local-cache here.")
        }
        return warnings
    }

    static func needsShell(_ text: String?) -> Bool { text?.contains { $0 == "$" || $0 == "`" } == true }
}

extension OurProfile {
    /// Reads the profile of that name in the file at that path.
    init(named name: String, path: String, for caller: ClientComposition) throws {
        guard let bytes = try SharedConfigFile.bytes(path) else { throw ProfileProblem.noFile(name: name, path: path) }
        let found = ProfileSetting.values(of: ["credential_process", "region", "output"], inProfile: name, bytes)
        var value = { (key: String) in found[key] }
        if found["credential_process"] == nil {
            // It goes over several lines, or is not there, and then a sentence is to be made of that.
            let profile = try Self.profile(named: name, path: path, bytes)
            value = profile.value
        }
        guard let command = value("credential_process") else { throw ProfileProblem.noProcess(name: name, path: path) }
        do {
            guard let process = try CredentialProcess(command) else {
                throw ProfileProblem.foreign(name: name, path: path)
            }
            try self.init(process, named: name, region: value("region"), output: value("output"), for: caller)
        } catch let error as ShellWordsError {
            throw ProfileProblem.unusable(name: name, reason: "in its credential_process \(error)")
        }
    }

    private static func profile(named name: String, path: String, _ bytes: [UInt8]) throws(ProfileProblem)
        -> ConfigProfile
    {
        let document: ConfigDocument
        do {
            document = try ConfigDocument(bytes)
        } catch {
            throw .noFormat(path: path, error)
        }
        guard let profile = document.profile(named: name) else { throw .noProfile(name: name, path: path) }
        return profile
    }

    private init(
        _ process: CredentialProcess, named name: String, region: String?, output: String?,
        for caller: ClientComposition
    ) throws {
        let profileName = name
        func flag(_ name: String, _ value: String?) throws(ProfileProblem) -> String {
            guard let value, !(process.isExpandedByShell && Self.needsShell(value)) else {
                throw .noFlag(name, profile: profileName)
            }
            return value
        }
        (self.name, self.region, self.output, self.process) = (name, region, output, process)
        composition = ClientComposition(caller.settings.of(process), of: caller)
        if let problem = composition.settings.problem(of: process) {
            throw ProfileProblem.unusable(name: name, reason: "\(problem).")
        }
        let issuer = try flag("--issuer-url", process.issuerURL)
        let clientID = try flag("--client-id", process.clientID)
        roleARN = try flag("--aws-role-arn", process.roleARN)
        role = try RoleARN(roleARN)
        key = TokenKey(issuer: try Issuer(issuer), clientID: try ClientID(clientID))
        obtain = try composition.obtainCredentials(key, role, region: process.region, profileRegion: region)
    }
}

extension ClientComposition {
    /// The profile of that name, else the one that the environment names, in the file that AWS's SDKs read.
    ///
    /// - Throws: what a person can be told, where there is no such profile, or it is not ours.
    package func profile(named name: String?) throws -> OurProfile {
        let variable = { self.settings.environment[$0].flatMap { $0.isEmpty ? nil : $0 } }
        let name = name ?? ProfileSetting.profile(variable)
        if home == nil, configName.hasPrefix("~/") { throw ProfileProblem.noHome(name: name) }
        return try OurProfile(named: name, path: configPath, for: self)
    }

    /// The file that AWS's SDKs read profiles from.
    var configPath: String { settings.wholePath(configName) }

    private var configName: String {
        settings.environment["AWS_CONFIG_FILE"].flatMap { $0.isEmpty ? nil : $0 } ?? "~/.aws/config"
    }
}
