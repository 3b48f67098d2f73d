package import Domain
import Ports

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What `configure` was told, in a file of our own: `aws-oidc/config` below `XDG_CONFIG_HOME`, for its owner only.
package struct ConfigureMemoryFile: ConfigureMemory {
    private let folder: String?
    /// The numbers of many thousand accounts may stand in it.
    private static let limit = 1 << 20

    /// The file in that folder; nil where there is no home for it.
    package init(folder: String?) { self.folder = folder }

    package func recall() -> RememberedConfiguration {
        guard let folder, let bytes = try? PrivateFile.read(folder + "/config", limit: Self.limit, tightens: true)
        else {
            return RememberedConfiguration()
        }
        return RememberedConfiguration(bytes)
    }

    package func remember(_ configuration: RememberedConfiguration) -> String? {
        guard let path = folder else { return "there is no home" }
        do {
            let file = try PrivateFolder.ensured(path).file("config")
            let old = try PrivateFile.read(file, limit: Self.limit, tightens: true) ?? []
            let new = configuration.written(into: old)
            if new == old { return nil }
            // Whoever keeps it among their dotfiles has a link there, to a folder that is theirs as it is.
            let target = try LinkTarget.resolved(file)
            let folder = PrivateFolder(path: LinkTarget.folder(of: target))
            let name = String(target.split(separator: "/").last ?? "config")
            try Replacement(in: folder, for: name).replace(name, with: new, durably: true)
            return nil
        } catch let PrivateFolder.Refusal.untrusted(reason, remedy) {
            return "\(path) is not used: \(reason). \(remedy)"
        } catch let PrivateFolder.Refusal.failure(failure) {
            return "\(failure)."
        } catch let failure as FileFailure {
            return "\(path)/config can't be written: \(failure.reason)."
        } catch let error as PrivateFile.Untrusted {
            return "\(error.path) is not used: \(error.reason)."
        } catch {
            return "\(error)."
        }
    }
}
