import AWS
package import Application
package import Domain
import Files
import Host
package import Ports

extension ServerComposition {
    /// Scans the organizations that these settings name.
    package func scanOrganizations(_ settings: ScanSettings) -> ScanOrganizations {
        let directory = AWSAccountDirectory(
            http: http, time: time, random: cryptography, signer: signer, credentials: ownCredentials,
            variable: { self.variable($0) }, retries: settings.retries)
        return ScanOrganizations(settings.scan, directory: directory, time: time)
    }

    /// Scans again and again, with so many seconds between two starts, and keeps what it finds in a file, where one is named.
    package func repeatScans(_ settings: ScanSettings, statePath: String?, interval: Double) -> RepeatScans {
        let memory = statePath.map { FileScanMemory(path: $0, coding: YAMLRoleMapCoding()) }
        return RepeatScans(scanOrganizations(settings), memory: memory, interval: interval, time: time)
    }

    /// Scans once, and puts the map at that place; nil where it goes to standard output only.
    package func updateRoleMap(_ settings: ScanSettings, _ place: RoleMapPlace) throws(RoleMapStoreError)
        -> UpdateRoleMap?
    {
        try roleMapStore(place, retries: settings.retries).map { UpdateRoleMap(scanOrganizations(settings), store: $0) }
    }

    /// Why no map can be put at that place, as far as that can be told without asking anybody; nil where nothing is wrong.
    package func problem(with place: RoleMapPlace) -> RoleMapStoreError? {
        do throws(RoleMapStoreError) {
            _ = try roleMapStore(place, retries: 0)
            return nil
        } catch {
            return error
        }
    }

    /// The store of the role map at that place; nil where the map goes to standard output only.
    private func roleMapStore(_ place: RoleMapPlace, retries: Int) throws(RoleMapStoreError) -> (any RoleMapStore)? {
        switch place {
        case .standardOutput: return nil
        case .file(let path):
            if let reason = WritablePlace.problem(path) { throw .unreachable(place: path, reason: reason) }
            return FileRoleMapStore(path: path, coding: YAMLRoleMapCoding())
        case .s3(let text):
            do throws(InvalidS3Place) {
                return s3Store(try S3Place(text), retries: retries)
            } catch {
                throw .unreachable(place: PrintableText.line(text), reason: error.reason)
            }
        case .configMap(let name, let key, let server):
            return try configMapStore(name: name, key: key, server)
        }
    }

    func s3Store(_ place: S3Place, retries: Int) -> S3RoleMapStore {
        S3RoleMapStore(
            place, http: http, time: time, random: cryptography, signer: signer, credentials: ownCredentials,
            variable: { self.variable($0) }, retries: retries, coding: YAMLRoleMapCoding())
    }

    /// The role map as text.
    package func roleMapText(_ map: RoleMap) -> String { YAMLRoleMapCoding().text(map) }

    private var signer: SignatureV4 { SignatureV4(digester: cryptography, authenticator: cryptography) }

    private func configMapStore(name: String, key: String, _ kubernetesServer: String?) throws(RoleMapStoreError)
        -> any RoleMapStore
    {
        var settings = ServeSettings()
        (settings.configMapName, settings.configMapKey, settings.kubernetesServer) = (name, key, kubernetesServer)
        var check = ServeCheck(settings: settings, variable: variable)
        check.elsewhere = "name a file or an object in S3 by --out"
        guard let place = check.configMap() else {
            throw .unreachable(place: "the ConfigMap \(name)", reason: check.problems.joined(separator: " "))
        }
        return configMapStore(place, StreamLog(LineWriter(2), loudest: .warning, time: time))
    }
}

/// Where a role map is put.
package enum RoleMapPlace: Sendable, Hashable {
    case standardOutput
    case file(String)
    case s3(String)
    case configMap(name: String, key: String, server: String?)

    /// The place that `--out` names; without it, the ConfigMap.
    package init(out: String?, configMapName: String, configMapKey: String, kubernetesServer: String?) {
        switch out {
        case nil: self = .configMap(name: configMapName, key: configMapKey, server: kubernetesServer)
        case "-"?: self = .standardOutput
        case let text? where text.hasPrefix("s3://"): self = .s3(text)
        case let path?: self = .file(path)
        }
    }
}
